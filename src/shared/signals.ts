/**
 * Signals of which a process dies, and is seen to die: it cleans up before that. SIGINT, SIGTERM and SIGHUP, which ask
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
