/** Meshes and istiod's answers as a file: each resource once, the whole compressed. */
import { readFileSync, writeFileSync } from 'node:fs';
import { brotliCompressSync, brotliDecompressSync, constants } from 'node:zlib';
import type { Answer } from './answer.ts';
import type { Mesh } from './mesh.ts';

const KINDS = ['listeners', 'routes', 'clusters', 'endpoints'] as const;

interface Packed {
  /** Objects and resources, each once; everything else refers to them by number. */
  readonly values: readonly unknown[];
  readonly meshes: readonly {
    readonly id: string;
    readonly objects: readonly number[];
    readonly clients: readonly number[];
    readonly said: number;
    readonly proxies: readonly (readonly (readonly number[])[])[];
  }[];
}

export function record(file: string, answered: readonly (readonly [Mesh, Answer])[]): void {
  const numbers = new Map<string, number>();
  const number = (value: unknown): number => {
    const text = JSON.stringify(value);
    const known = numbers.get(text);
    if (known !== undefined) return known;
    numbers.set(text, numbers.size);
    return numbers.size - 1;
  };
  const meshes = answered.map(([{ id, objects, clients }, { proxies, id: _, ...said }]) => ({
    id,
    objects: objects.map(number),
    clients: clients.map(number),
    said: number(said),
    proxies: proxies.map(config => KINDS.map(kind => config[kind].map(number))),
  }));
  const text = `{"values":[${[...numbers.keys()].join(',\n')}],"meshes":${JSON.stringify(meshes)}}`;
  const params = {
    [constants.BROTLI_PARAM_QUALITY]: 11,
    [constants.BROTLI_PARAM_LGWIN]: 24,
    [constants.BROTLI_PARAM_SIZE_HINT]: text.length,
  };
  const packed = brotliCompressSync(text, { params });
  writeFileSync(file, packed);
  console.log(`${file}: ${meshes.length} meshes, ${text.length} bytes, ${packed.length} compressed`);
}

export function readRecord(file: string): [Mesh, Answer][] {
  const { values, meshes } = JSON.parse(brotliDecompressSync(readFileSync(file)).toString()) as Packed;
  const value = <T>(at: number) => values[at] as T;
  return meshes.map(({ id, objects, clients, said, proxies }) => [
    { id, objects: objects.map(at => value(at)), clients: clients.map(at => value(at)) },
    {
      id,
      ...value<Omit<Answer, 'id' | 'proxies'>>(said),
      proxies: proxies.map(
        lists =>
          Object.fromEntries(
            KINDS.map((kind, i) => [kind, lists[i]?.map(at => value(at)) ?? []]),
          ) as unknown as Answer['proxies'][number],
      ),
    },
  ]);
}
