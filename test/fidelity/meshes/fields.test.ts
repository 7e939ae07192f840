/**
 * Every field of Istio's schemas, set once: it has an effect, a Warning names it, or istiod makes nothing of it either.
 * What istiod said is recorded (`npm run fuzz:meshes -- --walk --record FILE`, again when the walk's values change).
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { sandboxAnswer } from '../../../scripts/fuzz/meshes/answer.ts';
import { type Outcome, outcomeOf } from '../../../scripts/fuzz/meshes/outcome.ts';
import { plain } from '../../../scripts/fuzz/meshes/plain.ts';
import { readRecord } from '../../../scripts/fuzz/meshes/record.ts';
import { walks } from '../../../scripts/fuzz/meshes/walk.ts';
import { notModelled } from '../../../src/istio/modelled.ts';

/** Keys of a configuration that no file of the data plane mentions, each with the reason that it is none of its. */
const NOT_READ: Readonly<Record<string, string>> = {};

const source = resolve(import.meta.dirname, '../../../src');
const reads = ['envoy', 'sandbox/data-plane', 'sandbox/net', 'sandbox/workload']
  .flatMap(folder =>
    readdirSync(join(source, folder), { recursive: true, encoding: 'utf8' }).map(name => join(folder, name)),
  )
  .filter(name => name.endsWith('.ts') && name !== 'envoy/config.ts')
  .map(name => readFileSync(join(source, name), 'utf8'))
  .join('\n');
const isRead = (key: string) => new RegExp(`\\b${key}\\b`).test(reads);

describe('each field of Istio’s schemas', { timeout: 60_000 }, () => {
  const recorded = new Map(
    readRecord(join(import.meta.dirname, 'fields.br')).map(([mesh, answer]) => [mesh.id, { mesh, answer }]),
  );
  const outcomes = new Map<string, Outcome>();

  it('is in the recording with the value that it is walked with', () => {
    for (const { mesh, stops } of walks()) {
      const known = recorded.get(mesh.id);
      expect(JSON.stringify(known?.mesh.objects), `${mesh.id}: record the walk again`).toBe(
        JSON.stringify(mesh.objects),
      );
      if (known === undefined) continue;
      const ours = plain(sandboxAnswer(mesh, false));
      const real = plain(known.answer);
      for (const stop of stops) {
        outcomes.set(`${stop.kind} ${stop.path}`, outcomeOf(stop, real, ours));
      }
    }
    expect(outcomes.size).toBeGreaterThan(450);
  });

  it('has an effect, a Warning, or none on istiod’s configuration either', () => {
    const count: Record<string, number> = {};
    for (const { is } of outcomes.values()) count[is] = (count[is] ?? 0) + 1;
    console.log(
      `${outcomes.size} fields: ${Object.entries(count)
        .map(([is, n]) => `${n} ${is}`)
        .join(', ')}`,
    );
    const faults = [...outcomes].flatMap(([field, each]) =>
      each.is === 'fault' ? [`${field}: ${each.why}`] : [],
    );
    expect(faults).toEqual([]);
  });

  it('with an effect changes something that the data plane reads', () => {
    const ignored = [...outcomes].flatMap(([field, each]) => {
      if (each.is !== 'effect' || each.keys.length === 0 || each.keys.some(isRead)) return [];
      return each.keys.every(key => NOT_READ[key]) ? [] : [`${field}: ${each.keys.join(', ')}`];
    });
    expect(ignored).toEqual([]);
  });

  it('of a kind that shapes no client’s sidecar is warned of with its kind', () => {
    for (const [group, kind] of [
      ['networking.istio.io', 'Gateway'],
      ['telemetry.istio.io', 'Telemetry'],
    ]) {
      const spec = { tracing: [{}], servers: [] };
      const object = { apiVersion: `${group}/v1`, kind: kind ?? '', metadata: { name: 'x' }, spec };
      expect(notModelled(object)).toEqual([expect.stringContaining(`${kind}: stored`)]);
    }
  });
});
