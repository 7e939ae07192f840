/** What came of a scene, as lines of text: one a check, and of what fails what was expected, found, and its way. */
import { placeText } from '../../lesson/refusal.ts';
import { asLine } from '../../probe/curl-args.ts';
import { countScenes, holds, isUnclear, warningsOf } from '../../scene/report.ts';
import type { CheckOutcome } from '../../scene/run-scene.ts';
import type { SceneReport } from '../../scene/run-scenes.ts';
import { amount } from '../../shared/texts.ts';
import type { GlobalOptions } from '../globals.ts';
import { answerLines, checkLines, evidenceLines, walkLines } from './lesson-lines.ts';
import { paint, signs } from './paint.ts';
import { problemText } from './problem.ts';

export function sceneText(report: SceneReport, options: GlobalOptions): string {
  const { scene, outcome, seconds } = report;
  const sign = signs(options);
  const good = holds(report);
  const mark = paint(options, good ? 'green' : 'red', good ? sign.good : sign.bad);
  const head = `${mark} ${paint(options, 'bold', scene.title)}  ${paint(options, 'dim', `${scene.file}  ${seconds.toFixed(1)} s`)}`;
  const notes = [
    ...scene.leftOut.map(each => `not applied, since it does not route: ${each}`),
    ...warningsOf(outcome).map(({ what, message }) => `${what}: ${message}`),
  ];
  const lines = [
    ...notes.map(each => `${sign.note} ${each}`),
    ...(outcome?.refused ?? []).flatMap(({ what, message, accepted, ...place }) => {
      const where = placeText(place);
      return [
        `${paint(options, 'red', sign.bad)} ${what} is ${accepted === true ? 'accepted' : 'refused'}`,
        ...message.split('\n').map(each => `    ${each}`),
        ...(where === '' ? [] : [`    ${where}`]),
      ];
    }),
    ...(outcome?.late === undefined ? [] : [`${paint(options, 'yellow', sign.note)} ${outcome.late}`]),
    ...(outcome?.checks ?? []).flatMap(each => checkText(each, options)),
    ...(outcome?.looked ?? []).flatMap(({ title, evidence }) => [
      title,
      ...[...answerLines(evidence.curl, options), ...evidenceLines(evidence, options)].map(
        each => `    ${each}`,
      ),
    ]),
  ];
  const trouble = report.error === null ? '' : problemText(report.error, options);
  // The closing line brings a blank one of its own.
  const text = [head, ...lines.map(each => `    ${each}`.trimEnd())].join('\n').trimEnd();
  return `${text}\n${trouble}`;
}

/** A check's line; of one that fails also the call, and the way that it took. */
function checkText({ id, title, argv, verdict }: CheckOutcome, options: GlobalOptions): string[] {
  const lines = checkLines([{ id, title, guard: false, verdict }], options);
  if (verdict.state !== 'failed') return lines;
  const way = verdict.walk === undefined ? [] : walkLines(verdict.walk, options);
  return [
    ...lines,
    ...['', `$ curl ${asLine(argv)}`, ...way, ''].map(each => (each === '' ? '' : `    ${each}`)),
  ];
}

export function sceneClosing(
  reports: readonly SceneReport[],
  unreadable: number,
  all: { readonly ok: boolean; readonly provider: string; readonly seconds: number },
  options: GlobalOptions,
): string {
  const { scenes, checks, passed, failed, couldNotCheck, notTried, refused } = countScenes(reports);
  const unclear = reports.filter(isUnclear).length;
  const parts = [
    ...(unclear > 0 ? [`${scenes === 1 ? 'it' : `${unclear} of them`} could not be checked`] : []),
    ...(failed > 0 ? [`${failed} of ${amount(checks, 'check')} failed`] : []),
    ...(refused > 0 ? [`${amount(refused, 'object')} refused`] : []),
    ...(couldNotCheck > 0 ? [`${amount(couldNotCheck, 'check')} could not be made`] : []),
    ...(notTried > 0 ? [`${notTried} not tried`] : []),
  ].join(', ');
  const good = `${amount(passed, 'check')}, all as expected`;
  const ran = scenes === 0 ? [] : [parts === '' ? good : parts];
  const unread = unreadable === 0 ? [] : [`${amount(unreadable, 'scene')} could not be read`];
  const sum = [...ran, ...unread].join('; ');
  const sign = all.ok
    ? paint(options, 'green', signs(options).good)
    : paint(options, 'red', signs(options).bad);
  return `\n${sign} ${amount(scenes, 'scene')}: ${sum}. ${all.provider}, ${all.seconds} s\n`;
}
