import { PassThrough } from 'node:stream';
import { afterEach, describe, expect, it } from 'vitest';
import { converse } from '../../../src/cli/plain/converse.ts';
import { plainColumns } from '../../../src/cli/print/plain-columns.ts';
import { Interrupted } from '../../../src/shared/errors.ts';
import { disposeEngines, memoryEngine } from '../../support/memory-engine.ts';
import type { MemoryMesh } from '../../support/memory-mesh.ts';
import { folderWith, TINY } from '../../support/tiny-course.ts';

afterEach(disposeEngines);

async function talk(
  typed: readonly string[],
  step?: string,
  signal = new AbortController().signal,
  prepare: (mesh: MemoryMesh) => void = () => {},
  files: Readonly<Record<string, string>> = {},
  columns?: number,
  course: Readonly<Record<string, string>> = {},
) {
  const set = await memoryEngine({ root: folderWith(files), files: course });
  prepare(set.mesh);
  const input = new PassThrough();
  input.end(typed.map(line => `${line}\n`).join(''));
  let text = '';
  const write = (more: string) => {
    text += more;
  };
  await converse(set.engine, { input, write, signal, columns, color: false, ascii: true }, 'doors', step);
  return { ...set, text };
}

describe('plain mode', () => {
  it('says once what holds here and is not the step’s to take away', async () => {
    const rule = { apiVersion: 'networking.istio.io/v1', kind: 'DestinationRule', name: 'pool' };
    const { text } = await talk(['', '', 'q'], 'open', undefined, mesh => {
      mesh.foreign = [{ ref: { ...rule, namespace: 'istio-system' }, why: 'root' }];
    });
    expect(text.split('\n').filter(line => line.includes('DestinationRule'))).toEqual([
      '! DestinationRule/pool in istio-system holds for every namespace of the cluster, this one too. To take it away: kubectl delete destinationrule pool -n istio-system',
    ]);
  });

  it('says the words of the Markdown, and none of its marks', async () => {
    const prose = TINY['01-doors/lesson.md']
      ?.replace('Welcome.', 'The **sidecar** is _there_:\n\n- [a link](http://x/), and `envoy`\n')
      .replace('So it is.', 'It was **sealed**.');
    const course = { '01-doors/lesson.md': prose ?? '' };
    const { text } = await talk(['', '2', 'q'], undefined, undefined, undefined, {}, undefined, course);
    expect(text).toContain('The sidecar is there:\n\n* a link, and envoy\n');
    expect(text).toContain('It was sealed.');
    expect(text).not.toMatch(/\*\*|\]\(|`/);
  });

  it('is as wide as a pipe is asked to be, questions, options and commands too', async () => {
    const { text } = await talk(['', 'q'], 'guess', undefined, undefined, {}, 40);
    const long = text.split('\n').filter(each => each.length > 40 && !each.startsWith('['));
    expect(long).toEqual([]);
    expect(text).toMatch(/kubectl -n mesh-network exec .*\\\n {2}/);
    expect(plainColumns({ isTTY: true, columns: 120 }, { COLUMNS: '60' })).toBe(120);
    expect(plainColumns({}, { COLUMNS: '60' })).toBe(60);
    for (const odd of [{}, { COLUMNS: '0' }, { COLUMNS: 'x' }]) expect(plainColumns({}, odd)).toBe(80);
  });

  it("tells the article's passage where the screen has it", async () => {
    const article = [
      ...['title: On doors', 'author: Somebody', 'link: https://example.com/doors', 'about: Doors.'],
      ...['passages:', '  - title: Step 1', '    says: A door is opened.', '    drawing: "+ door +"'],
      '    steps: [doors/look, doors/repair]',
    ].join('\n');
    const whole = `${TINY['course.yaml']}article: article.yaml\n`;
    const course = { 'course.yaml': whole, 'article.yaml': `${article}\n` };
    const { text } = await talk(['', '', '', 'q'], 'open', undefined, undefined, {}, 80, course);
    expect(text.split('A door is opened.')).toHaveLength(2);
    expect(text.indexOf('A door is opened.')).toBeGreaterThan(text.indexOf('4/6  Look'));
    expect(text).toContain('  + door +');
  });

  it('breaks remarks and problems between words where the terminal ends, and hangs what follows', async () => {
    const rule = { apiVersion: 'networking.istio.io/v1', kind: 'DestinationRule', name: 'pool' };
    const foreign = (mesh: MemoryMesh) => {
      mesh.foreign = [{ ref: { ...rule, namespace: 'istio-system' }, why: 'root' }];
    };
    const { text } = await talk(['g 99', 'c a | b', 'q'], 'repair', undefined, foreign, {}, 40);
    expect(text).toContain('There is no such step. The steps are 1\n  to 6.\n');
    expect(text).toContain("x A probe is one curl call; '|' belongs\n  to a shell.\n");
    expect(text).toMatch(
      /^! DestinationRule\/pool in istio-system\n {2}holds for every namespace of the\n {2}cluster/m,
    );
  });

  it('shows the files against what is applied', async () => {
    const { text } = await talk(['d', 'g 1', 'd', 'q'], 'open');
    expect(text).toContain('door.yaml   + only in the file   - only in the cluster\nNot applied yet');
    expect(text).toContain('This step has no file.');
  });

  it('says that a step is not there', async () => {
    const { text } = await talk(['g 99', 'g', 'q']);
    expect(text).toContain('There is no such step. The steps are 1 to 6.');
  });

  it('leaves in the list nothing that was told of a step', async () => {
    const { engine } = await memoryEngine({ root: folderWith({}) });
    await engine.open('doors');
    await engine.goTo(98);
    expect(engine.getSnapshot().notice).toContain('no such step');
    engine.close();
    expect(engine.getSnapshot().notice).toBeNull();
  });

  it('asks, takes the answer, and says what it was and why', async () => {
    const { text } = await talk(['', '1', 'q']);
    const lines = text.split('\n').filter(line => line !== '' && !line.endsWith('...'));
    const from = lines.findIndex(line => line.includes('A guess'));
    expect(
      lines.slice(from).filter(line => !/->|^ {4}|^ {2}(log|api|http|The|This|API)/.test(line)),
    ).toMatchInlineSnapshot(`
      [
        "1  Doors   2/6  A guess   memory, Istio 1.31",
        "Guess.",
        "What comes back?",
        "  1  200",
        "  2  502",
        "  3  I don't know yet",
        "kubectl -n mesh-network exec deploy/client -c curl -- curl -sS http://api.safedata-zone.io/",
        "  $ curl http://api.safedata-zone.io/   502  10 ms",
        "  app ===> sidecar =====> cluster ===x API",
        "  ",
        "x you said: 200",
        "  it was: 502",
        "  Nobody opened a door.",
        "So it is.",
        "[enter goes on, ? for all keys] ",
      ]
    `);
  });

  it('says once that progress was moved aside', async () => {
    const { signal } = new AbortController();
    const { text } = await talk(['', '1', '', 'q'], 'guess', signal, () => {}, {
      'progress.json': '{"format":1,',
    });
    expect(text.match(/x Your progress file could not be used\./g)).toHaveLength(1);
    expect(text).toMatch(/It was moved to .*progress\.json\.aside; the lessons start over\./);
  });

  it('applies, checks, gives hints and the solution, and says where the learner’s own went', async () => {
    const { text, step } = await talk(['', 'h', 's', 'q'], 'repair');
    expect(text).toContain(
      'x http:// works\n      call     curl http://api.safedata-zone.io/\n      expected status 200\n      found    502, empty',
    );
    expect(text).toContain('ok https:// still works');
    expect(text).toContain('Hint 1 of 2: Look at the ports.');
    expect(text).toContain('Yours is kept as door.yaml.mine.');
    expect(text).toContain('ServiceEntry/door configured\n  in effect after 0.3 s');
    expect(step('repair').phase).toBe('done');
  });

  it('takes a call of the learner’s own, and says what it cannot take', async () => {
    const { text, mesh } = await talk(['c https://api.safedata-zone.io/', 'c a | b', 'c', 'q'], 'guess');
    expect(mesh.history).toEqual(['send https://api.safedata-zone.io/']);
    expect(text).toContain("x A probe is one curl call; '|' belongs to a shell.");
    expect(text).toContain('x The call is empty.');
  });

  it('tells why a call went there, in the words and order of the pane, and the log decoded', async () => {
    const { text } = await talk(['y', '', '1', 'y', 'l', 'q'], undefined, undefined, mesh => {
      mesh.explained = {
        call: 'GET http://api.safedata-zone.io/  to 10.0.0.1 port 80',
        steps: [
          {
            ...{ term: 'cluster', name: 'outbound|80||api', missing: false, aside: '' },
            notes: [{ text: 'this wraps TLS in TLS', warning: true }],
            by: [
              {
                kind: 'DestinationRule',
                namespace: 'mesh-network',
                name: 'api',
                field: 'spec.host',
                spec: {},
              },
            ],
          },
        ],
        ends: [{ tone: 'good', text: 'The call goes to outbound|80||api.' }],
        analysis: [
          { code: 'IST0101', level: 'Error', origin: 'DestinationRule mesh-network/api', text: 'not found' },
        ],
      };
    });
    expect(text).toContain('x No call was made on this step yet');
    expect(text).toContain(
      [
        '$ curl http://api.safedata-zone.io/',
        'GET http://api.safedata-zone.io/  to 10.0.0.1 port 80',
        '',
        '1 cluster       outbound|80||api',
        '                DestinationRule api in mesh-network, spec.host (by kubectl)',
        '                ! this wraps TLS in TLS',
        '',
        'ok The call goes to outbound|80||api.',
        '',
        "Istio's analysis",
        '  IST0101 Error, DestinationRule mesh-network/api: not found',
      ].join('\n'),
    );
    expect(text).toContain('a line of the log');
  });

  it('shows its keys for what it does not know, and ends with the input', async () => {
    const { text, snapshot } = await talk(['what']);
    expect(text).toContain('NUMBER  answer a question');
    expect(snapshot().lesson?.id).toBe('doors');
  });

  it('is ended by Ctrl-C', async () => {
    const abort = new AbortController();
    abort.abort();
    await expect(talk([], undefined, abort.signal)).rejects.toBeInstanceOf(Interrupted);
  });
});
