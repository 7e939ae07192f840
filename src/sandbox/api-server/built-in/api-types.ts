/**
 * The types of Kubernetes' own kinds: what fields they have, of which types, and by which numbers protobuf knows them.
 * The data is made by scripts/api-types.ts from the tags of k8s.io/api's types.go.
 */
import data from './api-types.json' with { type: 'json' };

export interface ApiField {
  /** '' for a struct whose fields are written in JSON as those of the one that contains it. */
  readonly name: string;
  /** In protobuf. */
  readonly number: number;
  readonly holds: 'one' | 'list' | 'map';
  /**
   * What it is, or what its elements or values are: the name of a type such as 'core.PodSpec', one of Go's basic types,
   * or one with a JSON form of its own: 'time', 'microtime', 'port' (an IntOrString), 'quantity',
   * 'raw' (any JSON), 'any' (not described).
   */
  readonly type: string;
  readonly required: boolean;
  /** A zero of it is a value too. */
  readonly pointer: boolean;
}

const TEXTS: Readonly<Record<string, string>> = data;
const parsed = new Map<string, readonly ApiField[]>();

/** The fields of a type; undefined for a leaf, and for what is not described. */
export function fieldsOf(type: string): readonly ApiField[] | undefined {
  const text = Object.hasOwn(TEXTS, type) ? TEXTS[type] : undefined;
  if (text === undefined) return undefined;
  const known = parsed.get(type) ?? text.split(' ').filter(Boolean).map(fieldOf);
  parsed.set(type, known);
  return known;
}

function fieldOf(text: string): ApiField {
  const [name = '', number, written = ''] = text.split(':');
  const [required, pointer] = [written.endsWith('!'), written.endsWith('?')];
  const whole = required || pointer ? written.slice(0, -1) : written;
  const holds = whole.startsWith('[]') ? 'list' : whole.startsWith('{}') ? 'map' : 'one';
  const type = holds === 'one' ? whole : whole.slice(2);
  return { name, number: Number(number), holds, type, required, pointer };
}

const KINDS = new Map(
  Object.keys(TEXTS).map(type => {
    const [home = '', kind = ''] = type.split('.');
    return [`${home}/${kind}`, type];
  }),
);

/** 'core.Pod' of a Pod; undefined for a kind that is not described. */
export function typeOfKind(group: string, kind: string): string | undefined {
  const [home = ''] = group.split('.');
  return KINDS.get(`${home === '' ? 'core' : home}/${kind}`);
}
