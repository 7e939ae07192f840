import { describe, expect, it } from 'vitest';
import { sideBySide } from '../../src/shared/side-by-side.ts';

/** Work whose end the test decides. */
function gates(count: number) {
  const open: (() => void)[] = [];
  const wait = Array.from({ length: count }, (_, i) => new Promise<void>(resolve => (open[i] = resolve)));
  return { open, wait };
}
const turn = () => new Promise(resolve => setImmediate(resolve));

describe('work side by side', () => {
  it('shows what is written in the order of the pieces, the first at once', async () => {
    const { open, wait } = gates(3);
    let shown = '';
    const all = sideBySide(
      ['x', 'y'],
      [0, 1, 2],
      text => (shown += text),
      async (place, piece, write) => {
        write(`[${piece}`);
        await wait[piece];
        write(`${piece}]`);
        return `${piece} at ${place}`;
      },
    );
    await turn();
    expect(shown).toBe('[0');
    open[1]?.();
    await turn();
    expect(shown).toBe('[0');
    open[0]?.();
    await turn();
    expect(shown).toBe('[00][11][2');
    open[2]?.();
    expect(await all).toEqual(['0 at x', '1 at y', '2 at y']);
    expect(shown).toBe('[00][11][22]');
  });

  it('ends with the first error', async () => {
    const work = async (_: string, piece: number) => {
      if (piece === 1) throw new Error('no');
    };
    await expect(sideBySide(['x'], [0, 1], () => {}, work)).rejects.toThrow('no');
  });
});
