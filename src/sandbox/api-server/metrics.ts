/**
 * The API server's metrics, in Prometheus' text format: how many requests it has answered, and what it holds.
 * Source: apiserver/pkg/endpoints/metrics/metrics.go
 */
import { requestAttributes } from './request-attributes.ts';

const REQUESTS = 'apiserver_request_total';
const HELP =
  'Counter of apiserver requests broken out for each verb, group, version, resource, scope, component, and HTTP response code.';

/** Series that are kept apart; a client that makes up resources must not fill the memory. */
const MOST_SERIES = 2_000;

export class RequestMetrics {
  /** By the values of the labels, in JSON: they are put into words only for who asks. */
  readonly #series = new Map<string, number>();

  count(method: string, { pathname, searchParams }: URL, code: number): void {
    const asked = requestAttributes(method, pathname, searchParams);
    const of = 'path' in asked ? ['', '', ''] : [asked.group, asked.resource, asked.subresource];
    const key = JSON.stringify([String(code), ...of, asked.verb.toUpperCase()]);
    if (this.#series.size < MOST_SERIES || this.#series.has(key))
      this.#series.set(key, (this.#series.get(key) ?? 0) + 1);
  }

  /** `objects` is how many are stored, by resource. */
  text(objects: ReadonlyMap<string, number>): string {
    const { rss, heapUsed } = process.memoryUsage();
    const requests = [...this.#series].map(([values, count]) => `{${labels(values)}} ${count}`);
    const stored = [...objects].map(([resource, count]) => `{resource="${resource}"} ${count}`);
    return [
      metric(REQUESTS, HELP, requests, 'counter'),
      metric('apiserver_storage_objects', 'Number of stored objects, by resource.', stored),
      metric('process_resident_memory_bytes', 'Resident memory size in bytes.', [` ${rss}`]),
      metric('nodejs_heap_size_used_bytes', 'Process heap size used from Node.js in bytes.', [
        ` ${heapUsed}`,
      ]),
    ].join('');
  }
}

function labels(values: string): string {
  const [code, group, resource, subresource, verb] = JSON.parse(values) as string[];
  return Object.entries({ code, component: 'apiserver', group, resource, subresource, verb })
    .map(([name, value]) => `${name}=${JSON.stringify(value)}`)
    .join(',');
}

function metric(name: string, help: string, rows: readonly string[], type = 'gauge'): string {
  const lines = rows.map(each => `${name}${each}`);
  return [`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`, ...lines, ''].join('\n');
}
