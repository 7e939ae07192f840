/**
 * Generated meshes with what real istiod said of them, held against the sandbox's istiod, validation and analysis.
 * The recording holds istiod's whole answers (scripts/fuzz/meshes/record.ts), so a difference can be shown; how it is
 * made again stands in docs/decisions/2026-11-28-meshes-against-istiod.md. Several files share the work, because each
 * has a process of its own.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { sandboxAnswer } from '../../../scripts/fuzz/meshes/answer.ts';
import { compare, type Difference } from '../../../scripts/fuzz/meshes/compare.ts';
import { knownAs } from '../../../scripts/fuzz/meshes/known.ts';
import { plain } from '../../../scripts/fuzz/meshes/plain.ts';
import { readRecord } from '../../../scripts/fuzz/meshes/record.ts';

/** By reason, the meshes that differ for it: no others, and none that differs no longer. */
export const known = JSON.parse(
  readFileSync(join(import.meta.dirname, 'known-differences.json'), 'utf8'),
) as Readonly<Record<string, readonly string[]>>;

export const recorded = () => readRecord(join(import.meta.dirname, 'recorded.br'));

/** Of `of` parts of the recording, the one that begins with mesh number `part`. */
export function holdPart(part: number, of: number): void {
  describe(`recorded meshes, part ${part + 1} of ${of}`, { timeout: 120_000 }, () => {
    const unknown: string[] = [];
    const reasons: Record<string, string[]> = {};
    const ids = new Set<string>();

    it('are to the sandbox what they are to istiod, field by field', () => {
      for (const [mesh, real] of recorded().filter((_, i) => i % of === part)) {
        ids.add(mesh.id);
        for (const difference of compare(real, plain(sandboxAnswer(mesh)))) {
          const reason = knownAs(mesh, difference)?.reason;
          if (reason === undefined) unknown.push(told(mesh.id, difference));
          else if (!reasons[reason]?.includes(mesh.id))
            reasons[reason] = [...(reasons[reason] ?? []), mesh.id];
        }
      }
      expect(unknown.slice(0, 20)).toEqual([]);
      expect(ids.size).toBeGreaterThan(600);
    });

    it('differ for a known reason where that is written down, and nowhere else', () => {
      const mine = Object.entries(known).flatMap(([reason, meshes]) => {
        const here = meshes.filter(id => ids.has(id));
        return here.length > 0 ? [[reason, here.sort()]] : [];
      });
      const found = Object.entries(reasons).map(([reason, meshes]) => [reason, meshes.sort()]);
      expect(Object.fromEntries(found)).toEqual(Object.fromEntries(mine));
    });
  });
}

function told(id: string, { client = 0, at, real, ours }: Difference): string {
  const short = (value: unknown) => (JSON.stringify(value) ?? '(nothing)').slice(0, 1000);
  return `${id}, client ${client}: ${at}\n  istiod:  ${short(real)}\n  sandbox: ${short(ours)}`;
}
