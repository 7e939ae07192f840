// The floors of the house, made from the imports: a room stands above every room that it imports.
import { withMarkedPart } from '../marked-part.ts';
import { importsOf, roomsOf, sourcesIn } from './imports.ts';

/**
 * Rooms by floor, the top one first: on the lowest are those that import none, on each other those that import
 * something of the floor below it. A room in a circle is on no floor, and is left out.
 */
function floors(rooms: ReadonlyMap<string, ReadonlySet<string>>): string[][] {
  const below: string[][] = [];
  const placed = new Set<string>();
  for (;;) {
    const next = [...rooms].filter(
      ([room, its]) => !placed.has(room) && [...its].every(each => placed.has(each)),
    );
    if (next.length === 0) return below.reverse();
    below.push(next.map(([room]) => room).sort());
    for (const [room] of next) placed.add(room);
  }
}

/** One line per room, one paragraph per floor: 'world   kube istio shared'. */
export function floorsText(root: string, src: string): string {
  const rooms = roomsOf(sourcesIn(src).flatMap(path => importsOf(root, path)));
  return floors(rooms)
    .map(floor => floor.map(room => line(room, [...(rooms.get(room) ?? [])].sort())).join('\n'))
    .join('\n\n');
}

function line(room: string, below: readonly string[]): string {
  return `${room.padEnd(11)} ${below.length === 0 ? '-' : below.join(' ')}`;
}

/** The page with the list between its two marks replaced. */
export function withFloors(page: string, floors: string): string {
  return withMarkedPart(page, 'floors', `\`\`\`\n${floors}\n\`\`\``);
}
