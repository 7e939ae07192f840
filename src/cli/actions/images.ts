/** `istio-tutor images`: exactly what a kind cluster of ours pulls, and how each can be set. */
import { Command } from 'commander';
import { globals } from '../globals.ts';
import { printJson, stdout } from '../print/out.ts';
import { interruptSignal } from '../process/interrupt.ts';

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
    .action(async (_flags: unknown, command: Command) => {
      const options = globals(command);
      const [{ kindSite }, { pulledImages }, { imageSettings }, { paths }, { worldNames }] =
        await Promise.all([
          import('../../cluster/providers/kind/site.ts'),
          import('../../cluster/providers/kind/images.ts'),
          import('../../shared/image-settings.ts'),
          import('../../shared/paths.ts'),
          import('../../world/names.ts'),
        ]);
      const place = paths(options.state);
      const settings = imageSettings(place.data);
      const name = options.name === undefined ? {} : { name: options.name };
      const site = kindSite({ ...name, names: worldNames(), paths: place, images: settings });
      const node = settings.node ?? site.record()?.nodeImage ?? null;
      const images = [
        { image: node, what: 'the node, with Kubernetes in it' },
        ...(await pulledImages(site, interruptSignal())),
      ];
      if (options.json) {
        printJson({ images });
        return;
      }
      const shown = images.map(({ image, what }) => ({
        image: image ?? "kindest/node, as kind's own version has it",
        what,
      }));
      const widest = Math.max(...shown.map(each => each.image.length));
      for (const { image, what } of shown) stdout.write(`${image.padEnd(widest)}  ${what}\n`);
    });
}
