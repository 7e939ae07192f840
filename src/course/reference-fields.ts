/** The fields that a page of the reference tells of, as data. Pure. */

export interface ReferenceField {
  /** From the spec: 'http[].retries.attempts'. */
  readonly path: string;
  /** 'list of strings', 'MESH_EXTERNAL, MESH_INTERNAL'. */
  readonly type: string;
  readonly required: boolean;
  /** As the page has it: '`["*"]`' without its quotes, 'none'; null: none is told. */
  readonly default: string | null;
  /** Whose it is: what istiod makes of a field that is left out, or what Envoy does when it is told nothing. */
  readonly defaultOf: 'Istio' | 'Envoy' | null;
  /** Markdown, on one line. */
  readonly text: string;
}

/** '- `mirror`, `mirrors` (object, list; default `x`): what they are'. */
const ITEM = /^((?:`\w+`(?:, )?)+) \(([^)]*?)(?:; (default|Envoy's default) ([^)]*))?\): (.*)$/;

/** In the order of the page; a line with several names is a field each. */
export function referenceFields(page: string): ReferenceField[] {
  const [, ...sections] = page.split(/^## `/m);
  return sections.flatMap(section => {
    const heading = section.slice(0, section.indexOf('`'));
    const base = heading === 'spec' ? '' : `${heading}.`;
    const [, ...items] = section.split(/^- /m);
    return items.flatMap(item => fieldsOf(item, base));
  });
}

function fieldsOf(item: string, base: string): ReferenceField[] {
  // What follows an empty line is no more of the item.
  const line = (item.split(/\n\s*\n/)[0] ?? '').replace(/\s+/g, ' ').trim();
  const [, names = '', facts = '', whose, standard, text = ''] = ITEM.exec(line) ?? [];
  const all = [...names.matchAll(/`(\w+)`/g)].map(([, name]) => name ?? '');
  const types = facts.replace(/, required$/, '').split(', ');
  return all.map((name, at) => ({
    path: `${base}${name}`,
    // Several names have as many types, or all the same, which may be one of several words.
    type: types.length === all.length ? (types[at] ?? '') : types.join(', '),
    required: facts.endsWith('required'),
    default: standard?.replace(/^`(.*)`$/, '$1') ?? null,
    defaultOf: whose === undefined ? null : whose === 'default' ? 'Istio' : 'Envoy',
    text,
  }));
}
