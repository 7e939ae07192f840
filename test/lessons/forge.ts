/**
 * Cheating: the drill's first task is not solved, the sidecar is told to answer as the check wants it. Whatever a check can
 * read in an answer is put into it.
 */
import type { Lesson } from '../../src/course/course.ts';
import { readyLesson } from '../../src/course/ready-lesson.ts';
import type { Check, StepOf } from '../../src/course/schema.ts';
import { rebuild } from '../../src/lesson/rebuild.ts';
import { runChecks } from '../../src/lesson/run-checks.ts';
import type { Verdict } from '../../src/lesson/state.ts';
import { stateOfFix } from '../../src/lesson/state-of.ts';
import type { OpenWorld } from '../../src/lesson/worlds.ts';
import { systemClock } from '../../src/shared/clock.ts';

/** The verdict on the first check that asks for an answer, when that answer is made up. */
export async function forged({ mesh, names }: OpenWorld, drill: Lesson): Promise<Verdict | undefined> {
  const lesson = readyLesson(drill, names, mesh.placeholders);
  const step = lesson.steps[0] as StepOf<'fix'>;
  const check = step.checks.find(each => each.guard !== true && answerFor(each) !== null);
  if (check === undefined) return undefined;
  const state = stateOfFix(lesson, 0, names.mesh, step.files);
  const { from } = check.call;
  const namespace = from === undefined ? names.mesh : `${names.mesh}-${from}`;
  const ref = { apiVersion: 'networking.istio.io/v1', kind: 'VirtualService', name: 'forged', namespace };
  const directResponse = { status: 200, body: { string: answerFor(check) } };
  const object = {
    apiVersion: ref.apiVersion,
    kind: ref.kind,
    metadata: { name: ref.name, namespace },
    spec: { hosts: [hostOf(check)], exportTo: ['.'], http: [{ directResponse }] },
  };
  const others = state.objects.filter(each => each.ref.kind !== 'VirtualService');
  const desired = { ...state, aged: [], objects: [...others, { ref, object }] };
  await rebuild(mesh, desired, { afresh: true, clock: systemClock });
  const [result] = await runChecks({ mesh, clock: systemClock }, [check]);
  return result?.verdict;
}

/** What the API would say if the check passed; null for a check that does not ask for its answer. */
function answerFor({ call, expect }: Check): string | null {
  const [shared] = Object.keys(expect.share ?? {});
  const version =
    expect.body?.version ?? shared ?? (expect.codes?.['200'] === undefined ? undefined : 'stable');
  if (version === undefined) return null;
  const { text: _text, ...facts } = expect.body ?? {};
  const path = call.curl.at(-1)?.replace(/^https?:\/\/[^/]*/, '') ?? '/';
  const method = call.curl.includes('POST') ? 'POST' : 'GET';
  const plain = {
    scheme: 'http',
    method,
    host: hostOf({ call }),
    path,
    sni: '',
    status: 200,
    clientCert: null,
  };
  return JSON.stringify({ version, ...plain, headers: {}, ...facts });
}

function hostOf({ call }: Pick<Check, 'call'>): string {
  const url = call.curl.find(word => /^https?:/.test(word)) ?? '';
  return /^https?:\/\/([^/]*)/.exec(url)?.[1] ?? '';
}
