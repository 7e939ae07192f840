import { describe, expect, it } from 'vitest';
import { type GateReport, gate } from '../../src/author/gate.ts';
import { prove } from '../../src/author/prove.ts';
import { readyLesson } from '../../src/course/ready-lesson.ts';
import { worldNames } from '../../src/world/names.ts';
import { answerByPort } from '../support/memory-engine.ts';
import { MemoryMesh, QuickClock } from '../support/memory-mesh.ts';
import { entry, TINY, tinyCourse } from '../support/tiny-course.ts';

// The gate itself: that it lets a sound lesson pass, and that it catches what it is there for.

async function run(
  changes: Readonly<Record<string, string>> = {},
  prepare: (mesh: MemoryMesh) => void = () => {},
): Promise<GateReport> {
  const clock = new QuickClock();
  const mesh = new MemoryMesh(clock, answerByPort);
  prepare(mesh);
  const [lesson] = (await tinyCourse(changes)).lessons;
  if (lesson === undefined) throw new Error('no lesson');
  const ready = readyLesson(lesson, worldNames(), mesh.placeholders);
  return gate({ mesh, clock, lesson: ready, namespace: 'mesh-network' });
}

const LESSON = TINY['01-doors/lesson.yaml'] as string;
const lesson = (from: string, to: string) => {
  if (!LESSON.includes(from)) throw new Error(`the lesson has no ${from}`);
  return run({ '01-doors/lesson.yaml': LESSON.replace(from, to) });
};
const failures = (report: GateReport) =>
  report.failures.map(f => `${f.step}, ${f.what}: expected ${f.expected}, found ${f.found}`);

const RULE = `---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: door, namespace: mesh-network}
spec:
  host: api.safedata-zone.io
  trafficPolicy: {tls: {mode: NONE}}
`;
const refusing = (file: string, base: number[]) =>
  run({ [`01-doors/${file}`]: `${entry(base)}${RULE}` }, mesh => {
    mesh.refuse = { kind: 'DestinationRule', message: 'configuration is invalid: unknown mode: NONE' };
  });

describe('a manifest that the API refuses', () => {
  it('is a near-miss that is caught, by the API, and named with its line', async () => {
    const report = await refusing('near-misses/door.yaml', [80]);
    expect(failures(report)).toEqual([]);
    expect(report.refused).toEqual([
      {
        step: 'repair',
        what: 'DestinationRule/door',
        message: 'configuration is invalid: unknown mode: NONE',
        file: 'near-misses/door.yaml',
        field: 'spec.trafficPolicy.tls.mode',
        line: expect.any(Number),
      },
    ]);
    expect(report.counts.steps).toBe(6);
  });

  it.each([
    ['solution/door.yaml', 'repair', 'solution'],
    ['manifests/door.yaml', 'open', 'effect'],
  ])('is a failure of %s, and the gate goes on', async (file, step, what) => {
    const report = await refusing(file, file.startsWith('solution') ? [443, 80] : [443]);
    expect(report.failures).toContainEqual(
      expect.objectContaining({ step, what, expected: 'DestinationRule/door accepted' }),
    );
    expect(report.counts.steps).toBe(6);
  });

  it('costs the other lessons nothing', async () => {
    const clock = new QuickClock();
    const mesh = new MemoryMesh(clock, answerByPort);
    const [sound] = (await tinyCourse()).lessons;
    if (sound === undefined) throw new Error('no lesson');
    const broken = { ...sound, files: { ...sound.files, 'manifests/door.yaml': '{{nobody}}' } };
    const proofs = await prove([{ mesh, names: worldNames() }], [broken, sound], { clock });
    expect(proofs.map(each => each.failures.map(f => f.found))).toEqual([
      ['There is no placeholder {{nobody}}.'],
      [],
    ]);
    await expect(prove([{ mesh, names: worldNames() }], [broken], { clock })).rejects.toThrow('{{nobody}}');
  });
});

describe('the gate', () => {
  it('lets a sound lesson pass, and counts what it has run', async () => {
    const report = await run();
    expect(failures(report)).toEqual([]);
    expect(report.counts).toEqual({
      steps: 6,
      fixes: 1,
      checks: 2,
      alternatives: 0,
      nearMisses: 1,
      symptoms: 3,
    });
  });

  it('catches a check that holds before the solution', async () => {
    expect(failures(await lesson(', guard: true', ''))).toEqual([
      'repair, before: https: expected fails before the solution, found passed: 200 from stable, scheme http',
    ]);
  });

  it('catches a guard that does not hold before', async () => {
    const found = failures(
      await lesson(
        'expect: {code: 200}}\n      - {id: https',
        'expect: {code: 200}, guard: true}\n      - {id: https',
      ),
    );
    expect(found).toEqual([
      'repair, before: http: expected a guard holds before the solution, found failed: expected status 200, found 502, empty',
    ]);
  });

  it('catches a solution that does not solve', async () => {
    const found = failures(await run({ '01-doors/solution/door.yaml': entry([443]) }));
    expect(found).toContain('repair, http: expected status 200, found 502, empty');
    expect(found).toContain('repair, rebuilt solution: http: expected status 200, found 502, empty');
  });

  it('catches a near-miss that passes', async () => {
    expect(failures(await run({ '01-doors/near-misses/door.yaml': entry([443, 80]) }))).toEqual([
      'repair, near-miss near-misses/door.yaml: https: expected is caught by this check, found passed: 200 from stable, scheme http',
    ]);
  });

  it('catches an alternative that fails', async () => {
    const found = failures(
      await lesson('    nearMisses:', '    alternatives: [[near-misses/door.yaml]]\n    nearMisses:'),
    );
    expect(found).toEqual([
      'repair, alternative near-misses/door.yaml: https: expected status 200, found 502, empty',
    ]);
  });

  it('catches a prediction that comes out otherwise, and one with two right answers', async () => {
    const options = (because: string, announced: number) =>
      `{say: "200", expect: {code: 200}${because}}\n      - {say: "502", expect: {code: 502}}\n    announced: ${announced}`;
    const turned = await lesson(options(', because: Nobody opened a door.', 2), options('', 1));
    expect(failures(turned)).toEqual([
      'guess, prediction: expected "200", found "502": 502, empty; log 502 - -',
    ]);
    expect(
      failures(
        await lesson(
          '{say: "200", expect: {code: 200}, because: Nobody opened a door.}',
          '{say: "fail", expect: {code: [502, 503]}}',
        ),
      ),
    ).toEqual([
      'guess, prediction: expected "502", found "fail": 502, empty; log 502 - -',
      'guess, prediction: expected "502", found 2 options hold: "fail", "502"',
    ]);
  });

  it('catches a probe, and an effect, that are not as announced', async () => {
    expect(failures(await lesson('expect: {code: 200}\n', 'expect: {code: 404}\n'))).toEqual([
      'after, probe: expected status 404, found 200 from stable, scheme http',
    ]);
    expect(failures(await lesson('effect: in-effect', 'effect: unchanged'))).toEqual([
      'open, effect: expected unchanged, found in effect after 0.3 s',
    ]);
    const refusal = await lesson('effect: in-effect', 'effect: refused-by-api\n    refusal: must be FQDN');
    expect(failures(refusal)).toContain('open, effect: expected a refusal by the API, found accepted');
  });

  it('takes a refusal for right only in the announced words', async () => {
    const refused = LESSON.replace(
      'effect: in-effect',
      'effect: refused-by-api\n    refusal: must be FQDN',
    ).replace(/ {2}- id: repair[\s\S]*/, '');
    const prose = {
      '01-doors/lesson.md': ['hello', 'guess', 'open', 'look'].map(id => `## X {#${id}}\n`).join(''),
    };
    const tell = (message: string) =>
      run({ '01-doors/lesson.yaml': refused, ...prose }, mesh => {
        mesh.refuse = { kind: 'ServiceEntry', message };
      });
    expect(failures(await tell('hosts must be FQDN'))).toEqual([]);
    expect(failures(await tell('no'))).toEqual([
      'open, effect: expected a refusal with "must be FQDN", found no',
    ]);
  });
});
