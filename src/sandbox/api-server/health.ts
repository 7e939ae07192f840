/**
 * What the API server says about its health, and its metrics. Everybody may ask about health and version, without a
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

/** In Prometheus' text format; `objects` is how many are stored, by resource. */
export function metrics(objects: ReadonlyMap<string, number>): string {
  const { rss, heapUsed } = process.memoryUsage();
  const metric = (name: string, help: string, rows: readonly string[]) =>
    [`# HELP ${name} ${help}`, `# TYPE ${name} gauge`, ...rows.map(each => `${name}${each}`), ''].join('\n');
  const stored = [...objects].map(([resource, count]) => `{resource="${resource}"} ${count}`);
  return [
    metric('apiserver_storage_objects', 'Number of stored objects, by resource.', stored),
    metric('process_resident_memory_bytes', 'Resident memory size in bytes.', [` ${rss}`]),
    metric('nodejs_heap_size_used_bytes', 'Process heap size used from Node.js in bytes.', [` ${heapUsed}`]),
  ].join('');
}
