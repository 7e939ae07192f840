/** Statistics in Prometheus' text format. Source: source/server/admin/prometheus_stats.cc; the tags of Istio's bootstrap. */
const TAGS: readonly (readonly [tag: string, pattern: RegExp])[] = [
  ['cluster_name', /^cluster\.(.+?)\.(?=(?:upstream|outlier|circuit|lb|membership|update|assignment)_)/],
  ['http_conn_manager_prefix', /^http\.(.+?;?)\.(?=rds|downstream|no_|rs_)/],
];

export function prometheus(stats: readonly (readonly [name: string, value: number])[]): string {
  const families = new Map<string, string[]>();
  for (const [name, value] of stats) {
    const { metric, labels } = tagged(name);
    const lines = families.get(metric) ?? [];
    families.set(metric, lines);
    lines.push(`${metric}${labels} ${value}`);
  }
  return [...families]
    .map(([metric, lines]) => `# TYPE ${metric} ${typeOf(metric)}\n${lines.join('\n')}\n`)
    .join('\n');
}

function tagged(name: string): { metric: string; labels: string } {
  for (const [tag, pattern] of TAGS) {
    const found = pattern.exec(name);
    if (found === null) continue;
    const rest = `${name.slice(0, name.indexOf('.'))}.${name.slice(found[0].length)}`;
    const value = (found[1] ?? '').replace(/[\\"]/g, '\\$&');
    return { metric: metricOf(rest), labels: `{${tag}="${value}"}` };
  }
  return { metric: metricOf(name), labels: '' };
}

const metricOf = (name: string) => `envoy_${name.replace(/\W/g, '_')}`;

const typeOf = (metric: string) => (/_active$|_live$|_time$/.test(metric) ? 'gauge' : 'counter');
