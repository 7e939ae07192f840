/** What happened in a step, as lines of text: for `run` and for plain mode. Pure but for the colours. */
import type { Call, Check } from '../../course/schema.ts';
import { callOf } from '../../lesson/calls.ts';
import { effectText } from '../../lesson/effect-text.ts';
import type { Failure } from '../../lesson/play.ts';
import type { ApplyOutcome, CheckResult } from '../../lesson/state.ts';
import { asLine } from '../../probe/curl-args.ts';
import { waitedFor } from '../../probe/curl-output.ts';
import { drawWalk } from '../../probe/draw-walk.ts';
import type { CurlSide, Evidence } from '../../probe/evidence.ts';
import { sayWalk } from '../../probe/say-walk.ts';
import { walk } from '../../probe/walk.ts';
import type { Walk } from '../../probe/walk-types.ts';
import { ansi } from './drawn-line.ts';
import { type PrintLook, paint, signs } from './paint.ts';

/** Columns of a drawn walk where the terminal does not tell its own. */
const COLUMNS = 76;

/** 'ServiceEntry/door created', its warnings, a refusal whole, and what became of it at the sidecar. */
export function applyLines(outcome: ApplyOutcome, look: PrintLook): string[] {
  const lines = objectLines(outcome.objects, look);
  return outcome.effect === undefined ? lines : [...lines, effectText(outcome.effect)];
}

export function objectLines(objects: ApplyOutcome['objects'], look: PrintLook): string[] {
  return objects.flatMap(object => {
    const { refusal, note } = object;
    const head = `${object.what} ${object.outcome}`;
    const remarks = [...object.warnings, ...(note === undefined ? [] : [note])];
    const warnings = remarks.map(text => `  ${signs(look).note} ${text}`);
    if (refusal === undefined) return [head, ...warnings];
    const place = [refusal.file, refusal.line === undefined ? null : `line ${refusal.line}`, refusal.field]
      .filter(part => part !== undefined && part !== null)
      .join(', ');
    return [
      paint(look, 'red', head),
      `  ${refusal.message}`,
      ...(place === '' ? [] : [`  ${place}`]),
      ...warnings,
    ];
  });
}

/** '$ curl URL   200   22 ms', and curl's message. */
export function answerLines(curl: CurlSide, look: PrintLook): string[] {
  const codes = [...new Set(curl.transfers.map(t => t.code).filter(code => code > 0))];
  const facts = [
    curl.transfers.length > 1 ? `${curl.transfers.length} calls` : '',
    codes.join(', '),
    curl.exit === 0 ? '' : `exit ${curl.exit}`,
    `${Math.round(waitedFor(curl) * 1000)} ms`,
  ].filter(fact => fact !== '');
  const message = curl.message === '' ? [] : curl.message.split('\n').slice(0, 4);
  return [
    `$ curl ${asLine(curl.argv)}   ${facts.join('  ')}`,
    ...message.map(text => paint(look, 'dim', `  ${text}`)),
  ];
}

export function evidenceLines(evidence: Evidence, look: PrintLook): string[] {
  return walkLines(walk(evidence), look);
}

export function walkLines(walked: Walk, look: PrintLook): string[] {
  if (look.screenReader === true) return sayWalk(walked);
  const columns = Math.min(COLUMNS, (process.stdout.columns ?? 80) - 4);
  return drawWalk(walked, { columns, ascii: look.ascii }).map(line => ansi(line, look).trimEnd());
}

/** One line a check; for a failed one its call, if it is among `sent`, what was expected and what was found. */
export function checkLines(
  checks: readonly CheckResult[],
  look: PrintLook,
  sent: readonly Check[] = [],
): string[] {
  const sign = signs(look);
  return checks.flatMap(({ id, title, verdict }) => {
    const call = sent.filter(each => each.id === id).map(each => `    call     ${sentBy(callOf(each))}`);
    if (verdict.state === 'passed') {
      return [`${paint(look, 'green', sign.good)} ${title.padEnd(48)} ${paint(look, 'dim', verdict.found)}`];
    }
    if (verdict.state === 'failed') {
      const head = `${paint(look, 'red', sign.bad)} ${title}`;
      return [head, ...call, `    expected ${verdict.expected}`, `    found    ${verdict.found}`];
    }
    if (verdict.state === 'could-not-check') {
      return [`${paint(look, 'yellow', sign.note)} ${title}`, `    could not check: ${verdict.why}`];
    }
    return [`${sign.todo} ${title}`];
  });
}

const sentBy = ({ curl, from }: Call) =>
  `curl ${asLine(curl)}${from === undefined ? '' : `   (from client ${from})`}`;

export function failureLines(failures: readonly Failure[], look: PrintLook): string[] {
  return failures.flatMap(({ what, expected, found }) => [
    paint(look, 'red', `not as announced: ${what}`),
    `    expected ${expected}`,
    `    found    ${found}`,
  ]);
}
