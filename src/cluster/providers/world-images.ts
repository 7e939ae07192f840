/** The images that are set, as the world's objects take them. */
import type { ImageSettings } from '../../shared/image-settings.ts';
import type { WorldOptions } from '../../world/objects.ts';

export function ofWorld({ curl, server }: ImageSettings): NonNullable<WorldOptions['images']> {
  return { curl, node: server };
}
