import { describe, expect, it } from 'vitest';
import { evidenceLines } from '../../../src/cli/print/lesson-lines.ts';
import { apiLine, evidence, logLine, transfer } from '../../support/evidence.ts';

describe('what a call met', () => {
  const call = transfer({ api: {} });
  const met = evidence([call], [logLine(call)], [apiLine('stable')]);

  it('is drawn', () => {
    expect(evidenceLines(met, { color: false, ascii: false }).join('\n')).toContain('━▶');
  });

  it('is said in words to a screen reader', () => {
    const lines = evidenceLines(met, { color: false, ascii: false, screenReader: true });
    expect(lines.join('\n')).not.toMatch(/[━▶]/);
    expect(lines[0]).toMatch(/^app: passed/);
    expect(lines.at(-1)).toMatch(/\.$/);
  });
});
