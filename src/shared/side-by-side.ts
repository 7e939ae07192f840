/** Runs several pieces of work at a time, one per place, with their output in order as if one had followed another. */

/**
 * Each place takes the next piece when it is free. What a piece writes appears at once if all before it are done, and
 * is held back until then. Results are in the order of `pieces`. The first error ends it.
 */
export async function sideBySide<P, T, R>(
  places: readonly P[],
  pieces: readonly T[],
  write: (text: string) => void,
  work: (place: P, piece: T, write: (text: string) => void) => Promise<R>,
): Promise<readonly R[]> {
  const held = pieces.map(() => '');
  const done = pieces.map(() => false);
  const results: R[] = [];
  let shown = 0;
  let next = 0;
  const show = () => {
    for (;;) {
      const text = held[shown];
      if (text === undefined) return;
      held[shown] = '';
      if (text !== '') write(text);
      if (done[shown] !== true) return;
      shown++;
    }
  };
  const take = async (place: P): Promise<void> => {
    for (let at = next++; at < pieces.length; at = next++) {
      const piece = pieces[at] as T;
      results[at] = await work(place, piece, text => {
        held[at] += text;
        show();
      });
      done[at] = true;
      show();
    }
  };
  await Promise.all(places.map(take));
  return results;
}
