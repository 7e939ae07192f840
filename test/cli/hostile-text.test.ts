import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { Ended } from '../../src/cli/exit.ts';
import { stderr, terminalText } from '../../src/cli/print/out.ts';
import { paint } from '../../src/cli/print/paint.ts';
import { problemText } from '../../src/cli/print/problem.ts';
import { buildProgram } from '../../src/cli/program.ts';
import { reportJunit } from '../../src/exam/report-junit.ts';
import { examReport } from '../../src/exam/report-schema.ts';
import { apply } from '../../src/kube/apply.ts';
import { asTutorError } from '../../src/shared/errors.ts';
import { setLogSink } from '../../src/shared/log.ts';
import { jsonText } from '../../src/shared/printable.ts';
import { type SandboxWorld, sandboxWorld } from '../support/sandbox-world.ts';
import { folderWith, TINY } from '../support/tiny-course.ts';

// Titles, clipboards, wiped screens, overwritten lines and turned words from everywhere, through every command, on what
// takes itself for a terminal in colour.

const EVIL =
  'x\x1b]0;title\x07\x1b]52;c;cHduZWQ=\x07\x1b[2J\x1b[35m\u009b2J\u009d0;t\u009c\b\b\rok\u202ed\u2066e\u2028f\u200bg\x7f\ud800';
const EVIL_URL = 'http://catalog/evil';
const QUOTED = jsonText(EVIL);
/** Short enough for a title. */
const TITLE = jsonText('x\x1b]0;title\x07\x1b[2J\u009b2J\b\r\u202ed\u200b');
/** Of a terminal's commands only our colours and a line that is drawn again; no control, no mark that shows nothing. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const OURS = /\x1b\[(?:[12]|22|3[1236]|39)m|\r\x1b\[2K/g;
const FORBIDDEN = /(?![\n\t])[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\p{Bidi_Control}\u200b]/u;

let world: SandboxWorld;
let course: string;
let written = '';
const stdin = Object.getOwnPropertyDescriptor(process, 'stdin') as PropertyDescriptor;

beforeAll(async () => {
  world = await sandboxWorld();
  const yaml = (TINY['01-doors/lesson.yaml'] ?? '')
    .replace('title: Doors', `title: ${TITLE}`)
    .replace('title: Hello', `title: ${TITLE}`)
    .replace('question: What comes back?', `question: ${QUOTED}`)
    .replaceAll(/say: "(\d+)"/g, (_, code) => `say: ${QUOTED.slice(0, -1)} ${code}"`)
    .replace('Nobody opened a door.', QUOTED)
    .replace('task: Let http:// out.', `task: ${QUOTED}`)
    .replace('"http:// works"', TITLE)
    .replace('Look at the ports.', QUOTED);
  course = folderWith({
    ...TINY,
    '01-doors/lesson.yaml': yaml,
    '01-doors/lesson.md': (TINY['01-doors/lesson.md'] ?? '')
      .replace('Welcome.', EVIL.replaceAll(/[\r\u2028]/g, ''))
      .replace('Guess.', 'A tag: <script>alert(1)</script>'),
  });
}, 60_000);
afterAll(async () => {
  await world.end();
  rmSync(course, { recursive: true, force: true });
});

beforeEach(() => {
  written = '';
  const keep = (chunk: unknown) => {
    written += String(chunk);
    return true;
  };
  for (const stream of [process.stdout, process.stderr]) {
    vi.spyOn(stream, 'write').mockImplementation(keep);
    Object.defineProperty(stream, 'isTTY', { value: true, configurable: true });
  }
  vi.stubEnv('NO_COLOR', undefined);
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
  Object.defineProperty(process, 'stdin', stdin);
  setLogSink(null);
});

/** A route of somebody's, in its name and in its answer. */
async function applyEvilRoute(): Promise<void> {
  await apply(world.kube, {
    apiVersion: 'networking.istio.io/v1',
    kind: 'VirtualService',
    metadata: { name: 'evil', namespace: 'mesh-network' },
    spec: {
      hosts: ['catalog'],
      http: [
        {
          name: EVIL,
          match: [{ uri: { prefix: '/evil' } }],
          directResponse: { status: 200, body: { string: EVIL } },
        },
        { route: [{ destination: { host: 'catalog', subset: 'none' } }] },
      ],
    },
  } as Parameters<typeof apply>[1]);
}

/** As main.ts runs a command: its errors are drawn on stderr, or on stdout with --json. */
async function run(argv: readonly string[], typed: readonly string[] = []): Promise<string> {
  const input = new PassThrough();
  input.end(typed.map(line => `${line}\n`).join(''));
  Object.defineProperty(process, 'stdin', { value: input, configurable: true });
  setLogSink(line => stderr.write(`${line}\n`));
  const place = ['--state', world.state, '--work', join(world.state, 'work'), '--on', 'sandbox'];
  try {
    await buildProgram(async () => {}).parseAsync([...place, ...argv], { from: 'user' });
  } catch (error) {
    if (!(error instanceof Ended)) {
      stderr.write(problemText(asTutorError(error), { color: true, ascii: false }, true));
    }
  }
  return written;
}

function expectClean(text: string): void {
  expect(text.length).toBeGreaterThan(0);
  expect(FORBIDDEN.exec(text.replaceAll(OURS, ''))).toBeNull();
}

describe('text of others', () => {
  it.each([
    ['list', '--course'],
    ['list', '--json', '--course'],
    ['check', '--no-cluster', '--course'],
    ['run', '--all', '--course'],
  ])('of a course is harmless in %s %s', async (...argv) => {
    const text = await run([...argv, course]);
    if (!argv.includes('check'))
      expect(text).toContain(argv.includes('--json') ? '\\u001b]0;title' : 'x?]0;title');
    expectClean(text);
  });

  it('of a course is harmless line by line, and in a transcript', async () => {
    const file = join(world.state, 'transcript.md');
    const argv = ['run', '--plain', '1', '--course', course, '--transcript', file];
    const text = await run(argv, ['', '1', '', '', '', '', 'h', `c ${EVIL_URL}`, 'c -H', 'l', 'q']);
    expect(text).toContain('x?]0;title');
    expectClean(text);
    const transcript = readFileSync(file, 'utf8');
    expect(transcript).toContain('A tag: \\<script>alert(1)\\</script>');
    expectClean(transcript);
  });

  it.each([
    ['probe', '--', EVIL_URL],
    ['probe', '--', '-v', EVIL_URL],
    ['probe', '--', '-i', EVIL_URL],
    ['probe', '--json', '--', EVIL_URL],
    ['trace', '--', EVIL_URL],
    ['trace', '--json', '--', EVIL_URL],
    ['trace', '--', `http://${EVIL}/`],
    ['analyze'],
    ['analyze', '--json'],
  ])('of a mesh is harmless in %s %s', async (...argv) => {
    await applyEvilRoute();
    const text = await run(argv);
    if (argv.at(-1) === EVIL_URL)
      expect(text).toContain(argv.includes('--json') ? '\\u001b]0;title' : 'x?]0;title');
    expectClean(text);
  });

  it.each([
    ['up', '--name', EVIL],
    ['run', EVIL],
    ['drill', EVIL],
    ['check', EVIL],
    ['new', 'lesson', EVIL],
    ['new', EVIL, 'name'],
    ['completion', EVIL],
    ['list', '--course', EVIL],
    ['exam', '--seed', EVIL],
    ['exam', '--minutes', EVIL],
    ['sandbox', '--port', EVIL],
    ['analyze', '--kubeconfig', EVIL],
    ['workshop', 'up', '--learners', EVIL],
    ['workshop', 'up', '--learners', 'ana', '--server', EVIL],
    ['list', `--${EVIL}`],
    ['probe', '--', EVIL],
    ['probe', '--', 'http://catalog/', `--${EVIL}`],
  ])('that was typed is harmless in an error of %s', async (...argv) => {
    expectClean(await run(argv));
  });

  it('in a path is harmless where a shell does not read it', async () => {
    expectClean(await run(['kubeconfig', '--state', join(world.state, EVIL)]));
  });

  it('in a kubeconfig is harmless in doctor', async () => {
    const file = join(world.state, 'evil.kubeconfig');
    const cluster = { name: EVIL, cluster: { server: 'http://127.0.0.1:1' } };
    const context = { name: EVIL, context: { cluster: EVIL, user: EVIL } };
    const config = { clusters: [cluster], contexts: [context], users: [{ name: EVIL, user: {} }] };
    writeFileSync(file, jsonText({ apiVersion: 'v1', kind: 'Config', 'current-context': EVIL, ...config }));
    vi.stubEnv('KUBECONFIG', file);
    const text = await run(['doctor']);
    expect(text).toContain('x?]0;title');
    expectClean(text);
  });

  it('in an exam is harmless in its report, as XML too', async () => {
    const check = { title: EVIL, expected: EVIL, found: EVIL, guard: false, points: 1 } as const;
    const question = {
      ...{ number: 1, drill: EVIL, title: EVIL, domain: 'routing', level: 'easy', points: 0, of: 1 },
      ...{
        seconds: 1,
        flagged: false,
        answer: EVIL,
        solution: `${EVIL}2`,
        explanation: `~~~\n<b>${EVIL}</b>`,
      },
      checks: [
        { ...check, id: 'a', state: 'failed' },
        { ...check, id: 'b', state: 'could-not-check', why: EVIL },
      ],
    };
    const when = '2026-01-01T00:00:00.000Z';
    const report = {
      ...{ format: 1, id: EVIL, seed: EVIL, training: false, provider: EVIL, started: when, ended: when },
      ...{ minutes: 1, seconds: 1, pauses: [], passMark: 68, percent: 0, passed: false, domains: [] },
      questions: [question],
    };
    const state = {
      ...{ format: 1, id: EVIL, seed: EVIL, on: 'sandbox', training: false, minutes: 1, passMark: 68 },
      ...{
        started: when,
        worked: 1,
        saved: when,
        running: false,
        pauses: [],
        questions: [],
        at: null,
        report,
      },
    };
    const folder = mkdtempSync(join(tmpdir(), 'hostile-exam-'));
    writeFileSync(join(folder, 'exam.json'), JSON.stringify(state));
    try {
      for (const form of [[], ['--json']]) {
        const text = await run(['exam', '--report', ...form, '--state', folder]);
        expect(text).toContain(form.length > 0 ? '\\u001b]0;title' : 'not passed');
        expectClean(text);
      }
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
    expectClean(reportJunit(examReport.parse(report)));
  });
});

describe('a writer', () => {
  it('draws our colours, and nobody else’s', () => {
    const look = { color: true, ascii: false };
    expect(terminalText(`${paint(look, 'red', 'a\x1b[32mb')} \x1b[1mc`)).toBe(
      '\x1b[31ma?[32mb\x1b[39m ?[1mc',
    );
  });

  it('ends a line as terminals do, in colour or not', () => {
    const look = { color: true, ascii: false };
    expect(terminalText(`a\r\n${paint(look, 'dim', 'b\r')}\nc\rd`)).toBe('a\n\x1b[2mb\x1b[22m\nc?d');
  });
});
