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

interface Traced {
  readonly trace: { readonly outcome: { readonly kind: string; readonly clusters?: readonly unknown[] } };
}

async function both(argv: readonly string[]): Promise<{ traced: string; logged: string }> {
  const [trace, probe] = await Promise.all([
    tutor('trace', '--json', '--', ...argv),
    tutor('probe', '--json', '--', ...argv),
  ]);
  const { outcome } = (JSON.parse(trace.stdout) as Traced).trace;
  const { evidence } = JSON.parse(probe.stdout);
  const [line] = evidence.sidecar.lines as { cluster: string; flags: string }[];
  return {
    traced: JSON.stringify(outcome),
    logged: line?.flags === 'NR' ? 'no-route' : (line?.cluster ?? ''),
  };
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
