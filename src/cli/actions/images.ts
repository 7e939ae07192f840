import { pulledImages } from '../../cluster/providers/kind/images.ts';
import { kindSite } from '../../cluster/providers/kind/site.ts';
import { imageSettings } from '../../shared/image-settings.ts';
import { paths } from '../../shared/paths.ts';
import { worldNames } from '../../world/names.ts';
import type { GlobalOptions } from '../globals.ts';
import { printJson, stdout } from '../print/out.ts';
import { interruptSignal } from '../process/interrupt.ts';

export async function images({ name, state, json }: GlobalOptions): Promise<void> {
  const place = paths(state);
  const settings = imageSettings(place.data);
  const site = kindSite({ name, names: worldNames(), paths: place, images: settings });
  const node = settings.node ?? site.record()?.nodeImage ?? null;
  const all = [
    { image: node, what: 'the node, with Kubernetes in it' },
    ...(await pulledImages(site, interruptSignal())),
  ];
  if (json) {
    printJson({ images: all });
    return;
  }
  const shown = all.map(({ image, what }) => ({
    image: image ?? "kindest/node, as kind's own version has it",
    what,
  }));
  const widest = Math.max(...shown.map(each => each.image.length));
  for (const { image, what } of shown) stdout.write(`${image.padEnd(widest)}  ${what}\n`);
}
