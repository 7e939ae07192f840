import { nearest } from '../../course/address.ts';
import { REFERENCE_KINDS, type ReferenceKind, readReference } from '../../course/reference.ts';
import { referenceFields } from '../../course/reference-fields.ts';
import { istioKind } from '../../istio/kinds.ts';
import { type Entry, entryOf, entryText, GLOSSARY } from '../../probe/glossary/glossary.ts';
import { UserError } from '../../shared/errors.ts';
import type { GlobalOptions } from '../globals.ts';
import { printJson, stdout } from '../print/out.ts';
import { plainColumns } from '../print/plain-columns.ts';
import { proseText } from '../print/prose.ts';

export async function reference(word: string | undefined, options: GlobalOptions): Promise<void> {
  if (options.json) {
    printJson(await documentOf(word));
    return;
  }
  if (word === undefined) {
    const pages = REFERENCE_KINDS.map(kind => `istio-tutor reference ${kind}`);
    stdout.write(`${pages.join('\n')}\n\nOf the glossary, by the same command:\n${ENTRIES.join(' ')}\n`);
    return;
  }
  const found = named(word);
  const markdown = 'kind' in found ? await readReference(found.kind) : entryText(found.entry);
  stdout.write(`${proseText(markdown, plainColumns(), options)}\n`);
}

/** The pages as data, or an entry of the glossary. */
async function documentOf(word: string | undefined): Promise<object> {
  if (word === undefined) return { pages: await Promise.all(REFERENCE_KINDS.map(pageOf)) };
  const found = named(word);
  return 'kind' in found ? { pages: [await pageOf(found.kind)] } : { entries: [found.entry] };
}

function named(word: string): { readonly kind: ReferenceKind } | { readonly entry: Entry } {
  const kind = kindNamed(word);
  if (kind !== null) return { kind };
  const entry = entryOf(word);
  if (entry === null) throw unknown(word);
  return { entry };
}

async function pageOf(kind: ReferenceKind) {
  const markdown = await readReference(kind);
  return { kind, fields: referenceFields(markdown), markdown };
}

/** Of an entry about a kind the kind's own page says more. */
const ENTRIES = GLOSSARY.map(each => each.id).filter(id => kindNamed(id) === null);

/** As kubectl takes a kind: with any case, in the plural, short. */
function kindNamed(word: string): ReferenceKind | null {
  const lower = word.toLowerCase();
  const found = REFERENCE_KINDS.find(kind => {
    const { plural, shortNames } = istioKind(kind);
    return [kind.toLowerCase(), plural, ...shortNames].includes(lower);
  });
  return found ?? null;
}

function unknown(word: string): UserError {
  const names = [...REFERENCE_KINDS, ...ENTRIES];
  const near = nearest(
    word.toLowerCase(),
    names.map(name => name.toLowerCase()),
  );
  const meant = names.filter(name => name.toLowerCase() === near);
  const commands = meant.map(name => `istio-tutor reference ${name}`);
  return new UserError({
    what: `There is no page about ${JSON.stringify(word)}.`,
    why: `There is one each about ${REFERENCE_KINDS.join(', ')}, and a glossary of flags, exit codes and terms.`,
    next: commands.length > 0 ? commands : ['istio-tutor reference   lists all of them'],
  });
}
