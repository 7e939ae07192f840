import { describe, expect, it } from 'vitest';
import { ContainerLog } from '../../../../src/sandbox/workload/kubelet/container-log.ts';

const end = () => new AbortController().signal;

async function all(log: ContainerLog, query: object = {}): Promise<string[]> {
  const lines: string[] = [];
  for await (const line of log.read({ follow: false, signal: end(), ...query })) lines.push(line);
  return lines;
}

describe("a container's log", () => {
  it('is read from a time on, by its last lines, with times', async () => {
    let now = 1000;
    const log = new ContainerLog(() => now);
    for (const line of ['a', 'b', 'c\nd', 'e\n']) {
      log.push(line);
      now += 1000;
    }
    expect(await all(log)).toEqual(['a', 'b', 'c', 'd', 'e']);
    expect(await all(log, { since: 3000 })).toEqual(['c', 'd', 'e']);
    expect(await all(log, { since: 2500, tailLines: 2 })).toEqual(['d', 'e']);
    expect(await all(log, { tailLines: 0 })).toEqual([]);
    expect(await all(log, { tailLines: 1, timestamps: true })).toEqual(['1970-01-01T00:00:04.000000004Z e']);
  });

  it('keeps the last ten thousand lines', async () => {
    const log = new ContainerLog(() => 0);
    for (let count = 0; count < 25_000; count++) log.push(String(count));
    const lines = await all(log);
    expect([lines.length, lines[0], lines.at(-1)]).toEqual([10_000, '15000', '24999']);
  });

  it('is followed until the container or the reader ends', async () => {
    const log = new ContainerLog(() => 0);
    log.push('before');
    const followed = all(log, { follow: true, tailLines: 0 });
    const abort = new AbortController();
    const left = all(log, { follow: true, signal: abort.signal });
    await Promise.resolve();
    log.push('one');
    abort.abort();
    expect(await left).toEqual(expect.arrayContaining(['before']));
    log.push('two');
    log.end();
    log.push('too late');
    expect(await followed).toEqual(['one', 'two']);
  });
});
