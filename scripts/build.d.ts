import type { BuildOptions, Metafile } from 'esbuild';

/** esbuild's options for the program's bundles. Importing the file builds nothing. */
export const options: BuildOptions;

/** Writes licenses.txt into the folder: every package that is in the bundles, with the text of its licence. */
export function writeLicenses(metafile: Metafile | undefined, folder: string): Promise<void>;
