/** The way back from a world to what its lesson is written in: the lab's namespaces, and placeholders of addresses. Pure. */
import { literally, mapTexts } from '../shared/texts.ts';
import { type WorldNames, worldNames } from '../world/names.ts';

/**
 * The same data with the names of a world, in every text, as an author writes them: 'mesh-network-check-1-b' becomes
 * mesh-network-b, an address of `placeholders` {{stableIP}}.
 */
export function withWrittenNames<T>(
  data: T,
  names: WorldNames,
  placeholders: Readonly<Record<string, string>>,
): T {
  const written = worldNames();
  const known = new Map([
    ...Object.entries(placeholders).map(([name, value]) => [value, `{{${name}}}`] as const),
    [names.mesh, written.mesh] as const,
    [names.outside, written.outside] as const,
  ]);
  known.delete('');
  // The longest first: one may begin as another does.
  const all = [...known.keys()].sort((a, b) => b.length - a.length).map(literally);
  // Whole ones only: no part of another name or of a longer address.
  const pattern = new RegExp(`(?<![\\w-]|\\d\\.)(?:${all.join('|')})(?!\\w|\\.\\d)`, 'g');
  return mapTexts(data, text => text.replace(pattern, found => known.get(found) ?? found));
}
