import type { BuildOptions } from 'esbuild';

/** esbuild's options for the program's bundles. Importing the file builds nothing. */
export const options: BuildOptions;
