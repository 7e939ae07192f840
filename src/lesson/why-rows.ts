/** A why in rows of text, for a pane and for a terminal without screens: in both the same words in the same order. Pure. */
import { asLine } from '../probe/curl-args.ts';
import type { Span } from '../probe/walk-types.ts';
import type { Place } from './decided-in.ts';
import type { DecidedStep, Decision, Why } from './why.ts';

export interface WhyRow {
  readonly spans: readonly Span[];
  /** Columns by which the row's further lines are moved right. */
  readonly hang: number;
  /** The place that the row names. */
  readonly place?: Place;
}

export interface WhySigns {
  readonly good: string;
  readonly bad: string;
  readonly ellipsis: string;
}

const TERM = 14;
const BODY = TERM + 2;
/** Characters of a field that are shown: one that is longer is seen in its file. */
const MOST = 100;

export function whyRows(why: Why, signs: WhySigns): WhyRow[] {
  const from = why.from === undefined ? '' : `   from client ${why.from}`;
  return [
    row([span(`$ curl ${asLine(why.argv)}`, 'accent'), span(from, 'dim')], 2),
    ...(why.call === '' ? [] : [row([span(why.call, 'dim')], 2)]),
    BLANK,
    ...why.steps.flatMap((step, at) => stepRows(step, at + 1, signs)),
    ...(why.steps.length === 0 ? [] : [BLANK]),
    ...why.ends.map(({ tone, text }) => {
      const sign = tone === 'note' ? '!' : signs[tone];
      return row([span(sign.padEnd(3), tone === 'note' ? 'accent' : tone), span(text)], 3);
    }),
    BLANK,
    ...analysisRows(why),
  ];
}

/** The places that can be opened, in the order of the rows. */
export function placesOf(why: Why): Place[] {
  return why.steps.flatMap(({ by }) =>
    by.flatMap(({ origin }) => (origin.kind === 'file' ? [origin.place] : [])),
  );
}

function stepRows({ term, name, missing, aside, by, notes }: DecidedStep, number: number, signs: WhySigns) {
  const label = `${number} ${term}`.padEnd(BODY);
  const head = [span(label, 'accent'), span(name, missing ? 'bad' : 'plain')];
  return [
    row(aside === '' ? head : [...head, span(`   ${aside}`, 'dim')], BODY),
    ...by.map(each => decisionRow(each, signs)),
    ...notes.map(({ text, warning }) =>
      row(
        warning
          ? [span(' '.repeat(BODY)), span('! ', 'bad'), span(text)]
          : [span(' '.repeat(BODY)), span(text, 'dim')],
        BODY + (warning ? 2 : 0),
      ),
    ),
  ];
}

function decisionRow({ object, field, origin }: Decision, { ellipsis }: WhySigns): WhyRow {
  const margin = span(' '.repeat(BODY));
  if (origin.kind === 'file') {
    const { place } = origin;
    const text = place.text.length > MOST ? place.text.slice(0, MOST) + ellipsis : place.text;
    const spans = [margin, span(`${place.file}:${place.line}`, 'accent'), span(`   ${text}`)];
    return { ...row(spans, BODY + 2), place };
  }
  const words = {
    changed: `not as in ${origin.kind === 'changed' ? origin.file : ''}`,
    given: 'there before this step',
    kubectl: 'by kubectl',
    gone: 'gone since',
  }[origin.kind];
  return row([margin, span(`${object}, ${field}`), span(` (${words})`, 'dim')], BODY + 2);
}

function analysisRows({ analysis }: Why): WhyRow[] {
  if (analysis.length === 0) return [row([span("Istio's analysis finds nothing wrong.", 'dim')], 0)];
  return [
    row([span("Istio's analysis")], 0),
    ...analysis.map(({ code, level, origin, text }) =>
      row(
        [
          span(`  ${code} `, level === 'Info' ? 'dim' : 'bad'),
          span(`${level}, ${origin}: `),
          span(text, 'dim'),
        ],
        4,
      ),
    ),
  ];
}

const BLANK: WhyRow = { spans: [], hang: 0 };
const row = (spans: readonly Span[], hang: number): WhyRow => ({ spans, hang });
const span = (text: string, role: Span['role'] = 'plain'): Span => ({ text, role });
