/**
 * The user's environment, and the variables that are hidden from the libraries we use: with some common names set,
 * these would end the program, draw nothing, or print into its output.
 */

/** As it was at the start; this is what the user's editor gets. */
export const userEnvironment: Readonly<NodeJS.ProcessEnv> = { ...process.env };

const KEPT = [
  'DEV', // Ink looks for React's developer tools.
  'CI', // Ink draws nothing until its end, and colors are left out.
  'CONTINUOUS_INTEGRATION',
  'DEBUG', // debug, in agents of the Kubernetes client, prints.
  'LOG_TOKENS', // yaml prints each token that it reads.
  'LOG_STREAM',
];

/** Must be called before any library is loaded. */
export function keepFromLibraries(env: NodeJS.ProcessEnv = process.env): void {
  for (const name of KEPT) delete env[name];
}
