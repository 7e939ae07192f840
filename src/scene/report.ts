/** What came of scenes, counted and as data: for --json and JUnit. Pure. */
import type { Unreadable } from '../course/find-scenes.ts';
import { asLine } from '../probe/curl-args.ts';
import { sayWalk } from '../probe/say-walk.ts';
import { walk } from '../probe/walk.ts';
import type { Problem } from '../shared/errors.ts';
import { xmlText } from '../shared/xml.ts';
import type { CheckOutcome, LookedAt, SceneOutcome } from './run-scene.ts';
import type { SceneReport } from './run-scenes.ts';

interface SceneCounts {
  readonly scenes: number;
  readonly checks: number;
  readonly passed: number;
  readonly failed: number;
  readonly couldNotCheck: number;
  readonly notTried: number;
  readonly refused: number;
}

const checksIn = ({ outcome }: SceneReport): readonly CheckOutcome[] => outcome?.checks ?? [];

export function countScenes(reports: readonly SceneReport[]): SceneCounts {
  const checks = reports.flatMap(checksIn);
  const count = (state: CheckOutcome['verdict']['state']) =>
    checks.filter(each => each.verdict.state === state).length;
  return {
    scenes: reports.length,
    checks: checks.length,
    passed: count('passed'),
    failed: count('failed'),
    couldNotCheck: count('could-not-check'),
    notTried: count('not-tried'),
    refused: reports.reduce((sum, { outcome }) => sum + (outcome?.refused.length ?? 0), 0),
  };
}

/** 0: all holds; 1: a check fails or something is refused; 3: something could not be checked. */
export function exitOf(reports: readonly SceneReport[]): 0 | 1 | 3 {
  const { failed, refused, couldNotCheck } = countScenes(reports);
  if (failed > 0 || refused > 0) return 1;
  return couldNotCheck > 0 || reports.some(isUnclear) ? 3 : 0;
}

/** The scene as a whole could not be tried: a tool is missing, or its manifests did not come into effect in time. */
export function isUnclear({ error, outcome }: SceneReport): boolean {
  return error !== null || outcome?.late !== undefined;
}

export function holds(report: SceneReport): boolean {
  return exitOf([report]) === 0;
}

/** One scene as the JSON of `test` has it. */
export function sceneData(report: SceneReport) {
  const { scene, outcome, error, seconds } = report;
  return {
    file: scene.file,
    title: scene.title,
    ok: holds(report),
    seconds: Math.round(seconds * 100) / 100,
    refused: outcome?.refused ?? [],
    late: outcome?.late,
    warnings: warningsOf(outcome),
    leftOut: scene.leftOut,
    checks: checksIn(report).map(checkData),
    calls: (outcome?.looked ?? []).map(callData),
    error: error === null ? undefined : problemData(error.problem),
  };
}

export function unreadableData({ file, error }: Unreadable) {
  return { file, ...problemData(error.problem) };
}

const problemData = ({ what, why, next }: Problem) => ({ what, why, next });

/** What the API warned of as it took an object, each once. */
export function warningsOf(outcome: SceneOutcome | null): readonly { what: string; message: string }[] {
  const all = (outcome?.applied ?? []).flatMap(({ what, warnings }) =>
    warnings.map(message => ({ what, message })),
  );
  return all.filter(({ message }, i) => all.findIndex(each => each.message === message) === i);
}

function checkData({ id, title, argv, from, verdict }: CheckOutcome) {
  const { state } = verdict;
  const of = {
    found: state === 'passed' || state === 'failed' ? verdict.found : undefined,
    expected: state === 'failed' ? verdict.expected : undefined,
    why: state === 'could-not-check' ? verdict.why : undefined,
    way: state === 'failed' && verdict.walk !== undefined ? sayWalk(verdict.walk) : undefined,
  };
  return { id, title, state, curl: argv, from, ...of };
}

function callData({ name, title, evidence }: LookedAt) {
  const { argv, exit, transfers } = evidence.curl;
  return {
    name,
    title,
    curl: argv,
    exit,
    codes: transfers.map(each => each.code),
    way: sayWalk(walk(evidence)),
  };
}

/** Source: https://github.com/testmoapp/junitxml. A scene is a suite; what could not be checked is an error. */
export function scenesJunit(
  reports: readonly SceneReport[],
  unreadable: readonly Unreadable[],
  seconds: number,
): string {
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="istio-tutor test" time="${seconds}">`,
    ...unreadable.flatMap(unread),
    ...reports.flatMap(suite),
    '</testsuites>',
    '',
  ].join('\n');
}

function unread({ file, error }: Unreadable): string[] {
  const name = xmlText(file);
  return [
    `  <testsuite name="${name}" file="${name}" tests="1" failures="0" errors="1" skipped="0" time="0.00">`,
    extraCase(file, 'scene', 'error', errorText(error.problem)),
    '  </testsuite>',
  ];
}

const errorText = ({ what, why }: Problem) => (why === undefined ? what : `${what} ${why}`);

function suite(report: SceneReport): string[] {
  const { scene, outcome, error, seconds } = report;
  const cases = checksIn(report).map(check => testCase(scene.file, check));
  const refusals = (outcome?.refused ?? []).map(({ what, message, file, line }) => {
    const where = file === undefined ? '' : ` (${file}${line === undefined ? '' : `:${line}`})`;
    return extraCase(scene.file, 'manifests', 'failure', `${what} refused${where}: ${message}`);
  });
  const late = outcome?.late === undefined ? [] : [extraCase(scene.file, 'manifests', 'error', outcome.late)];
  const broken = error === null ? [] : [extraCase(scene.file, 'scene', 'error', errorText(error.problem))];
  const all = [...refusals, ...late, ...broken, ...cases];
  const count = (element: string) => all.filter(each => each.includes(`<${element} `)).length;
  const skipped = all.filter(each => each.includes('<skipped/>')).length;
  const numbers = `tests="${all.length}" failures="${count('failure')}" errors="${count('error')}" skipped="${skipped}"`;
  return [
    `  <testsuite name="${xmlText(scene.title)}" file="${xmlText(scene.file)}" ${numbers} time="${seconds.toFixed(2)}">`,
    ...all,
    '  </testsuite>',
  ];
}

function testCase(file: string, { id, title, argv, verdict }: CheckOutcome): string {
  switch (verdict.state) {
    case 'passed':
      return `${opened(file, `${id}: ${title}`)}/>`;
    case 'failed':
      return extraCase(
        file,
        `${id}: ${title}`,
        'failure',
        `expected ${verdict.expected}, found ${verdict.found}`,
        [`$ curl ${asLine(argv)}`, ...(verdict.walk === undefined ? [] : sayWalk(verdict.walk))],
      );
    case 'could-not-check':
      return extraCase(file, `${id}: ${title}`, 'error', `could not check: ${verdict.why}`);
    case 'not-tried':
      return `${opened(file, `${id}: ${title}`)}><skipped/></testcase>`;
  }
}

/** `lines`: what helps whoever looks at the report, a line each. */
function extraCase(
  file: string,
  name: string,
  element: 'failure' | 'error',
  message: string,
  lines: readonly string[] = [],
): string {
  const open = `${opened(file, name)}><${element} message="${xmlText(message)}"`;
  if (lines.length === 0) return `${open}/></testcase>`;
  return `${open}>${lines.map(xmlText).join('\n')}</${element}></testcase>`;
}

function opened(file: string, name: string): string {
  return `    <testcase classname="${xmlText(file)}" name="${xmlText(name)}"`;
}
