/**
 * What the API server says about its health. Everybody may ask about health and version, without a
 * token too. Source: apiserver/pkg/server/healthz/healthz.go; bootstrappolicy/policy.go (system:public-info-viewer).
 */
const ROOT = /^\/(healthz|livez|readyz)(?:\/(.+))?$/;
/** The checks that mean something in one process. */
const CHECKS = ['ping', 'log', 'etcd'];
const PUBLIC = /^\/(healthz|livez|readyz|version)\/?$/;

export function isPublic(path: string): boolean {
  return PUBLIC.test(path);
}

/** The answer at a path of health; undefined if it is none. */
export function health(path: string, query: URLSearchParams): string | undefined {
  const [, root, check] = ROOT.exec(path.replace(/\/$/, '')) ?? [];
  if (root === undefined || (check !== undefined && !CHECKS.includes(check))) return undefined;
  if (check !== undefined || !query.has('verbose')) return 'ok';
  return [...CHECKS.map(each => `[+]${each} ok`), `${root} check passed`, ''].join('\n');
}
