import { beforeAll, describe, expect, inject, it } from 'vitest';
import { tutor } from './tutor.ts';

// The tracer over a real sidecar's configuration: it names the cluster that the sidecar's own log names for the call.

const CALLS = [
  ['http://api.safedata-zone.io/v2/data'],
  ['http://api.safedata-zone.io/other'],
  ['https://api.safedata-zone.io/v2/data'],
  ['https://canary.safedata-zone.io/'],
  ['http://catalog/'],
  ['-H', 'Host: nobody.example', 'http://catalog/'],
] as const;

interface Outcome {
  readonly kind: string;
  readonly clusters?: readonly { readonly name: string }[];
}

/** What the access log would say of it: a cluster's name, or none. */
function clustersOf({ kind, clusters = [] }: Outcome): string[] {
  if (kind === 'passthrough') return ['PassthroughCluster'];
  if (kind === 'blackhole') return ['BlackHoleCluster'];
  return clusters.length === 0 ? ['-'] : clusters.map(({ name }) => name);
}

async function both(argv: readonly string[]): Promise<{ traced: string[]; logged: string }> {
  const [trace, probe] = await Promise.all([
    tutor('trace', '--json', '--', ...argv),
    tutor('probe', '--json', '--', ...argv),
  ]);
  const { outcome } = (JSON.parse(trace.stdout) as { trace: { outcome: Outcome } }).trace;
  const first = JSON.parse(probe.stdout).evidence;
  // A loaded node may lose sight of its log for a while; then the call is sent once more.
  const evidence = first.sidecar.read
    ? first
    : JSON.parse((await tutor('probe', '--json', '--', ...argv)).stdout).evidence;
  expect(evidence.sidecar.why).toBeUndefined();
  const [line] = evidence.sidecar.lines as { cluster: string }[];
  return { traced: clustersOf(outcome), logged: line?.cluster ?? 'no line' };
}

describe.each(['virtual-service', 'mirroring', 'failover'])('in the start of lesson %s', lesson => {
  beforeAll(async () => {
    expect(inject('live').name).not.toBe('');
    expect((await tutor('reset', lesson)).code).toBe(0);
  });

  it.each(CALLS.map(argv => [argv.join(' '), argv] as const))(
    '%s goes where the log says',
    async (_, argv) => {
      const { traced, logged } = await both(argv);
      expect(traced).toContain(logged);
    },
  );
});
