/** Whether the environment says that the terminal shows ASCII alone. */

/**
 * As the C library reads it: LC_ALL, else LC_CTYPE, else LANG. Only `C` and `POSIX` promise nothing beyond ASCII; where
 * none is set, as in a container, terminals show Unicode all the same.
 */
export function isAsciiLocale(env: NodeJS.ProcessEnv): boolean {
  const locale = [env.LC_ALL, env.LC_CTYPE, env.LANG].find(value => value !== undefined && value !== '');
  return locale === 'C' || locale === 'POSIX';
}
