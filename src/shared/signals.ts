/**
 * Signals that kill the process, visibly for its parent; it only cleans up first. SIGINT, SIGTERM and SIGHUP, which ask
 * it to end, are not among them.
 */
export const DEADLY: readonly NodeJS.Signals[] = [
  'SIGQUIT',
  'SIGALRM',
  'SIGUSR2',
  'SIGVTALRM',
  'SIGXCPU',
  'SIGXFSZ',
  'SIGIO',
  'SIGPWR',
];
