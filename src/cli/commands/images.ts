/** `istio-tutor images`: exactly what a kind cluster of ours pulls, and how each can be set. */
import { Command } from 'commander';
import { late } from '../late.ts';

export function imagesCommand(): Command {
  return new Command('images')
    .summary('list the images that a kind cluster pulls')
    .description(
      'For rooms without internet: what has to be in the local Docker before `up --preload`. Each can be set by a flag\nof `up` (remembered in images.yaml of the data folder) or by a variable of the environment.',
    )
    .addHelpText(
      'after',
      `
Examples:
  istio-tutor images
  istio-tutor images --json | jq -r '.images[].image' | xargs -n 1 docker pull
  istio-tutor up --preload
  istio-tutor up --istio-hub registry.example/istio --curl-image registry.example/curl:8

Variables: ISTIO_TUTOR_NODE_IMAGE, ISTIO_TUTOR_CURL_IMAGE, ISTIO_TUTOR_SERVER_IMAGE, ISTIO_TUTOR_ISTIO_HUB,
ISTIO_TUTOR_ISTIO_TAG

With --json: {"images": [{"image", "what"}]}; an image that is null is the one that kind itself brings along.`,
    )
    .action(late(async () => (await import('../actions/images.ts')).images));
}
