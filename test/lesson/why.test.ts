import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import type { CallWhy } from '../../src/probe/why-call.ts';
import { disposeEngines, memoryEngine } from '../support/memory-engine.ts';

afterEach(disposeEngines);

/** A call on which the tiny course's ServiceEntry has decided, as it is with these ports. */
function decidedBy(ports: readonly number[]): CallWhy {
  const spec = {
    hosts: ['api.safedata-zone.io'],
    ports: ports.map(number => ({ number, name: `p${number}`, protocol: number === 443 ? 'HTTPS' : 'HTTP' })),
  };
  const door = {
    kind: 'ServiceEntry',
    namespace: 'mesh-network',
    name: 'door',
    field: 'spec.ports[0]',
    spec,
  };
  const step = { term: 'cluster', name: 'x', missing: false, aside: '', notes: [], by: [door] };
  return { call: '', steps: [step], ends: [], analysis: [] };
}

describe('the call that is explained', () => {
  it('is the last one of this step, the learner’s own too, and none of another step', async () => {
    const { engine, mesh } = await memoryEngine();
    await engine.open('doors', 'guess');
    await expect(engine.why()).rejects.toThrow('No call was made on this step yet');
    await engine.answer(1);
    await engine.why();
    await engine.probe(['-I', 'http://catalog/']);
    await engine.why();
    expect(mesh.history.filter(each => each.startsWith('why'))).toEqual([
      'why http://api.safedata-zone.io/',
      'why -I http://catalog/',
    ]);
    await engine.advance();
    await expect(engine.why()).rejects.toThrow('No call was made on this step yet');
  });

  it('of a fix is that of the first check that fails, until a call is made', async () => {
    const { engine, mesh } = await memoryEngine();
    await engine.open('doors', 'repair');
    await engine.check();
    expect((await engine.why()).argv).toEqual(['http://api.safedata-zone.io/']);
    await engine.probe(['https://api.safedata-zone.io/']);
    expect((await engine.why()).argv).toEqual(['https://api.safedata-zone.io/']);
    expect(mesh.history.filter(each => each.startsWith('why'))).toHaveLength(2);
  });

  it('of an exam is never that of a check', async () => {
    const { engine, verdicts } = await memoryEngine({ sealed: true, verdicts: true });
    await engine.open('doors', 'repair');
    await engine.check();
    expect(verdicts()).toContain('http failed');
    await expect(engine.why()).rejects.toThrow('No call was made on this step yet');
    await engine.probe(['https://api.safedata-zone.io/']);
    expect((await engine.why()).argv).toEqual(['https://api.safedata-zone.io/']);
  });
});

describe('the place of a decision', () => {
  const originOf = async (ports: readonly number[], step: string, sealed = false) => {
    const { engine, mesh, root } = await memoryEngine({ sealed });
    await engine.open('doors', step);
    await engine.probe(['http://api.safedata-zone.io/']);
    mesh.explained = decidedBy(ports);
    const why = await engine.why();
    return { origin: why.steps[0]?.by[0]?.origin, root };
  };

  it('is the line of the learner’s file that says what is in effect', async () => {
    const { origin, root } = await originOf([443], 'repair');
    // As the editor shows it, with the task above.
    const line =
      readFileSync(join(root, 'work/01-doors/door.yaml'), 'utf8')
        .split('\n')
        .findIndex(text => text.includes('number: 443')) + 1;
    expect(origin).toMatchObject({
      kind: 'file',
      place: { file: 'door.yaml', line, text: '- {number: 443, name: p443, protocol: HTTPS}' },
    });
  });

  it('is none where the file says something else', async () => {
    expect((await originOf([80], 'repair')).origin).toEqual({ kind: 'changed', file: 'door.yaml' });
  });

  it('is the manifest of an earlier step', async () => {
    const { origin } = await originOf([443], 'look');
    expect(origin).toMatchObject({ kind: 'file', place: { file: 'manifests/door.yaml' } });
  });

  it('is nobody’s file where it came by kubectl', async () => {
    expect((await originOf([443], 'guess')).origin).toEqual({ kind: 'kubectl' });
  });
});
