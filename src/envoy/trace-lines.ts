/**
 * A trace as lines of text: the call, each decision with its reason, and the outcome. Envoy's terms are in the left
 * column; the rest is plain words. Pure.
 */
import { type OutcomeLine, traceOutcomeLines } from './trace-outcome.ts';
import type { ConfigObject, DescribedCall, StepKind, Trace, TraceOutcome, TraceStep } from './trace-types.ts';

/** A piece of a line and its role; colours are the caller's choice. */
interface TraceSpan {
  readonly text: string;
  readonly role: 'plain' | 'good' | 'bad' | 'accent' | 'dim';
}
export type TraceLine = readonly TraceSpan[];

export interface TraceLook {
  /** How wide a line may be, at least 60. */
  readonly columns: number;
  readonly ascii?: boolean;
  /** Sentences that callers add, shown at the end. */
  readonly notes?: readonly string[];
}

/** Envoy's terms, as in its documentation and `istioctl proxy-config`. */
export const TERMS: Readonly<Record<StepKind, string>> = {
  listener: 'listener',
  'filter-chain': 'filter chain',
  'route-configuration': 'routes',
  'virtual-host': 'virtual host',
  route: 'route',
  action: 'action',
  cluster: 'cluster',
  endpoints: 'endpoints',
};

const MARGIN = 2;
const LABEL = 15;

export function traceLines({ call, steps, outcome }: Trace, look: TraceLook): TraceLine[] {
  const width = Math.max(60, look.columns) - MARGIN;
  return [
    ...wrapped(callWords(call), width).map(text => plain(text)),
    ...(call.protocol === 'https' ? wrapped(HIDDEN, width).map(text => plain(text, 'dim')) : []),
    [],
    ...steps.flatMap(step => stepLines(step, width, look.ascii ?? false)),
    ...(steps.length === 0 ? [] : [[]]),
    ...endLines(traceOutcomeLines(outcome, call), width, look),
    ...endLines(arrives(outcome) ? warnings(steps) : [], width, look),
    ...endLines(
      (look.notes ?? []).map(text => ({ tone: 'note', text })),
      width,
      look,
    ),
  ];
}

const SIGNS = { good: '✓ ', bad: '✗ ', note: '! ' } as const;
const ASCII_SIGNS = { good: 'ok ', bad: 'x  ', note: '!  ' } as const;

function endLines(ends: readonly OutcomeLine[], width: number, look: TraceLook): TraceLine[] {
  return ends.flatMap(({ tone, text }) => {
    const sign = (look.ascii === true ? ASCII_SIGNS : SIGNS)[tone];
    return wrapped(text, width - sign.length).map(
      (part, line): TraceLine => [
        { text: ' '.repeat(MARGIN), role: 'plain' },
        { text: line === 0 ? sign : ' '.repeat(sign.length), role: tone === 'note' ? 'accent' : tone },
        { text: part, role: 'plain' },
      ],
    );
  });
}

/** If the call does not arrive, what would go wrong later is of no interest. */
function arrives({ kind }: TraceOutcome): boolean {
  return kind === 'cluster' || kind === 'passthrough';
}

/** The warnings of the steps, repeated at the end, where they are read. */
function warnings(steps: readonly TraceStep[]): OutcomeLine[] {
  const texts = steps.flatMap(step =>
    step.facts.filter(fact => fact.name === 'warning').map(fact => fact.value),
  );
  return [...new Set(texts)].map(text => ({ tone: 'note', text: `But ${text}.` }));
}

/** The same, without roles. */
export function traceText(trace: Trace, look: TraceLook): string[] {
  return traceLines(trace, look).map(line =>
    line
      .map(span => span.text)
      .join('')
      .trimEnd(),
  );
}

const HIDDEN =
  'Host, path and headers are inside TLS: the sidecar sees the address and the name in the greeting (SNI).';

function plain(text: string, role: TraceSpan['role'] = 'plain'): TraceLine {
  return [{ text: ' '.repeat(MARGIN) + text, role }];
}

/** 'GET http://host/path  to 10.0.0.1 port 80'. */
export function callWords(call: DescribedCall): string {
  const to = `${call.to.ip} port ${call.to.port}`;
  if (call.protocol === 'tcp') return `A connection to ${to}`;
  return `${call.method} ${call.protocol}://${call.host}${call.path}  to ${to}`;
}

function stepLines(step: TraceStep, width: number, ascii: boolean): TraceLine[] {
  const term = TERMS[step.kind];
  const of = tail(step);
  const missing = step.name === '';
  const room = width - LABEL;
  const title = wrapped(missing ? 'none' : step.name, room - (of === '' ? 0 : of.length + 2));
  const head = title.map((text, index): TraceLine => {
    const label = index === 0 ? term : '';
    const right = index === 0 && of !== '' ? of.padStart(room - text.length) : '';
    return [
      { text: ' '.repeat(MARGIN) + label.padEnd(LABEL), role: 'accent' },
      { text, role: missing ? 'bad' : 'plain' },
      { text: right, role: 'dim' },
    ];
  });
  const over = step.kind === 'listener' ? otherListeners(step) : grouped(step);
  return [
    ...head,
    ...(step.because === '' ? [] : below(step.because, room, 'dim')),
    ...(step.from === undefined
      ? []
      : below(`${step.kind === 'cluster' ? 'shaped' : 'made'} by ${objectWords(step.from)}`, room, 'plain')),
    ...over.flatMap(text => below(text, room, 'dim', `${ascii ? 'x' : '✗'} `)),
    ...factLines(step, room),
  ];
}

/** What is shown on the right: its position among how many, or for which share of the calls. */
function tail({ position, part }: TraceStep): string {
  if (part !== undefined) return part;
  return position === undefined || position.of < 2 ? '' : `${position.index} of ${position.of}`;
}

/** Long lists are cut: the first entries say enough. */
function grouped({ kind, passedOver }: TraceStep): string[] {
  const most = 12;
  const but = kind === 'route' ? ', but ' : ': ';
  const texts = passedOver.map(one => `${one.name}${but}${one.why}${origin(one.from)}`);
  return texts.length <= most ? texts : [...texts.slice(0, most), `and ${texts.length - most} more`];
}

/** A mesh has one for each TCP service's address on the port. */
function otherListeners({ passedOver }: TraceStep): string[] {
  const [first, ...more] = passedOver;
  if (first === undefined) return [];
  return more.length === 0
    ? [`${first.name}: ${first.why}`]
    : [`${first.name} and ${more.length} more on this port: for other addresses`];
}

const FACT = 13;

function factLines(step: TraceStep, room: number): TraceLine[] {
  return step.facts.flatMap(({ name, value }) => {
    const width = Math.max(FACT, name.length + 2);
    return wrapped(value, room - width).map(
      (text, index): TraceLine => [
        { text: ' '.repeat(MARGIN + LABEL), role: 'plain' },
        { text: (index === 0 ? name : '').padEnd(width), role: name === 'warning' ? 'bad' : 'dim' },
        { text, role: 'plain' },
      ],
    );
  });
}

function below(text: string, room: number, role: TraceSpan['role'], sign = ''): TraceLine[] {
  return wrapped(text, room - sign.length).map(
    (part, index): TraceLine => [
      { text: ' '.repeat(MARGIN + LABEL) + (index === 0 ? sign : ' '.repeat(sign.length)), role: 'plain' },
      { text: part, role },
    ],
  );
}

function origin(from: ConfigObject | undefined): string {
  return from === undefined ? '' : ` (${objectWords(from)})`;
}

function objectWords(object: ConfigObject): string {
  return `${object.kind} ${object.name} in ${object.namespace}`;
}

/** Breaks at spaces; a word that is longer than a line is cut. */
function wrapped(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    let rest = word;
    if (line !== '' && line.length + 1 + rest.length <= width) {
      line += ` ${rest}`;
      continue;
    }
    if (line !== '') lines.push(line);
    while (rest.length > width) {
      lines.push(rest.slice(0, width));
      rest = rest.slice(width);
    }
    line = rest;
  }
  return [...lines, line];
}
