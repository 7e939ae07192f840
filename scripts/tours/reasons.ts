// Why a command may print something else in the sandbox: reasons.yaml beside each tour.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { tourFolder } from './tour.ts';

const schema = z.array(
  z.strictObject({
    because: z.string(),
    /** True: the exit code and what it tells are the same, in other words or of other things. */
    means_the_same: z.boolean(),
    commands: z.array(z.string()).nonempty(),
  }),
);

export type Reason = z.infer<typeof schema>[number];

export function readReasons(tour: string): readonly Reason[] {
  return schema.parse(parse(readFileSync(join(tourFolder(tour), 'reasons.yaml'), 'utf8')));
}
