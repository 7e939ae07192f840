import { nearest } from '../../course/address.ts';
import { REFERENCE_KINDS, type ReferenceKind, readReference } from '../../course/reference.ts';
import { referenceFields } from '../../course/reference-fields.ts';
import { istioKind } from '../../istio/kinds.ts';
import { UserError } from '../../shared/errors.ts';
import type { GlobalOptions } from '../globals.ts';
import { printJson, stdout } from '../print/out.ts';

export async function reference(word: string | undefined, options: GlobalOptions): Promise<void> {
  if (options.json) {
    const kinds = word === undefined ? REFERENCE_KINDS : [kindOf(word)];
    printJson({ pages: await Promise.all(kinds.map(pageOf)) });
    return;
  }
  if (word === undefined) {
    stdout.write(`${REFERENCE_KINDS.map(kind => `istio-tutor reference ${kind}`).join('\n')}\n`);
    return;
  }
  stdout.write(await readReference(kindOf(word)));
}

async function pageOf(kind: ReferenceKind) {
  const markdown = await readReference(kind);
  return { kind, fields: referenceFields(markdown), markdown };
}

/** As kubectl takes a kind: with any case, in the plural, short. */
function kindOf(word: string): ReferenceKind {
  const lower = word.toLowerCase();
  const found = REFERENCE_KINDS.find(kind => {
    const { plural, shortNames } = istioKind(kind);
    return [kind.toLowerCase(), plural, ...shortNames].includes(lower);
  });
  if (found !== undefined) return found;
  const near = nearest(
    lower,
    REFERENCE_KINDS.map(kind => kind.toLowerCase()),
  );
  const meant = REFERENCE_KINDS.filter(kind => kind.toLowerCase() === near);
  throw new UserError({
    what: `There is no page about ${JSON.stringify(word)}.`,
    why: `There is one each about ${REFERENCE_KINDS.join(', ')}.`,
    next: (meant.length > 0 ? meant : REFERENCE_KINDS).map(kind => `istio-tutor reference ${kind}`),
  });
}
