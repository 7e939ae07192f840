/** OSC 8: addresses of ours are links where the terminal can, and nobody else's ever are. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import stringWidth from 'string-width';
import { describe, expect, it } from 'vitest';
import { REFERENCE_KINDS, readReference } from '../../src/course/reference.ts';
import { linkedReference, referenceAddress } from '../../src/course/reference-address.ts';
import { linkedMarkdownLines, markdownLines } from '../../src/tui/markdown/markdown-lines.ts';
import { hasHyperlinks, linked, withLinks } from '../../src/tui/terminal/hyperlinks.ts';
import { widthOf } from '../../src/tui/text/line.ts';
import { signs } from '../../src/tui/theme.ts';
import { at, LESSON } from './fixtures.ts';
import { startTui } from './harness.ts';

const ESC = '\u001b';
const OPENS = `${ESC}]8;;`;
const look = { color: true, ascii: false, screenReader: false };

it.each([
  [{}, false],
  [{ TERM_PROGRAM: 'vscode', TERM_PROGRAM_VERSION: '1.90.2' }, true],
  [{ TERM_PROGRAM: 'vscode', TERM_PROGRAM_VERSION: '1.71.9' }, false],
  [{ TERM_PROGRAM: 'vscode', TERM_PROGRAM_VERSION: '0.45.1', CURSOR_TRACE_ID: 'x' }, true],
  [{ TERM_PROGRAM: 'iTerm.app', TERM_PROGRAM_VERSION: '3.5.0' }, true],
  [{ TERM_PROGRAM: 'iTerm.app', TERM_PROGRAM_VERSION: '3.0.15' }, false],
  [{ TERM_PROGRAM: 'WezTerm', TERM_PROGRAM_VERSION: '20240203-110809-5046fc22' }, true],
  [{ TERM_PROGRAM: 'Apple_Terminal', TERM_PROGRAM_VERSION: '455' }, false],
  [{ VTE_VERSION: '7600', TERM: 'xterm-256color' }, true],
  [{ VTE_VERSION: '5000', TERM: 'xterm-256color' }, false],
  [{ TERM: 'xterm-kitty' }, true],
  [{ TERM: 'xterm-kitty', CI: 'true' }, false],
  [{ TERM: 'xterm', WT_SESSION: 'a' }, true],
  [{ TERM: 'xterm', FORCE_HYPERLINK: '1' }, true],
  [{ TERM: 'xterm-kitty', FORCE_HYPERLINK: '0' }, false],
] as const)('a terminal that sets %j: %s', (env, can) => {
  expect(hasHyperlinks(env)).toBe(can);
});

it('there are none without colours and for a screen reader', () => {
  const env = { FORCE_HYPERLINK: '1' };
  expect(withLinks(look, env).links).toBe(true);
  expect(withLinks({ ...look, color: false }, env).links).toBe(false);
  expect(withLinks({ ...look, screenReader: true }, env).links).toBe(false);
});

it('a target that could end the sequence, or is no https, is none', () => {
  expect(linked('x', 'https://istio.io/')).toBe(`${OPENS}https://istio.io/\u0007x${OPENS}\u0007`);
  for (const target of [
    `https://a/${ESC}]0;x`,
    'https://a/\u0007',
    'javascript:x',
    'file:///etc',
    'https://a b',
  ])
    expect(linked('x', target)).toBe('x');
});

describe('on the screen', () => {
  const env = { FORCE_HYPERLINK: '1' };

  it("the reference's fields lead to Istio's, and no width counts them", async () => {
    const [plain, withThem] = await Promise.all(
      [{}, env].map(async env => {
        const tui = await startTui(at('both'), { env, rows: 60, look: { color: true } });
        await tui.until('5/6');
        tui.press('i');
        await tui.until('hosts (list');
        return { frame: tui.frame(), raw: tui.raw() };
      }),
    );
    expect(withThem?.frame).toBe(plain?.frame);
    expect(plain?.raw).not.toContain(OPENS);
    expect(withThem?.raw).toContain(
      `${OPENS}https://istio.io/latest/docs/reference/config/networking/service-entry/#ServiceEntry`,
    );
  });

  it("the article's address is one, and what a lesson's prose links is none", async () => {
    const link = 'https://example.com/rules';
    const article = { title: 'On rules', author: 'x', about: 'y', link, introducedAt: 'both', passages: [] };
    const prose = { ...LESSON.prose, both: { before: 'Read [this](https://evil.example/).', after: '' } };
    const tui = await startTui(at('both', { lesson: { ...LESSON, prose, article } }), {
      ...{ env, rows: 40, look: { color: true } },
    });
    await tui.until('Read this');
    tui.press('v');
    await tui.until(link);
    expect(tui.raw()).toContain(`${OPENS}${link}\u0007`);
    expect(tui.raw()).not.toContain('evil.example');
  });
});

it('every heading of the reference has an address of its own page', async () => {
  for (const kind of REFERENCE_KINDS) {
    const page = await readReference(kind);
    const fields = page.match(/^- `\w+`/gm) ?? [];
    const links = linkedReference(kind, page).match(/^- \[`\w+`\]\(https:\/\/istio\.io\/\S+#\w/gm) ?? [];
    expect(links.length).toBe(fields.length);
  }
  expect(referenceAddress('VirtualService', 'http[].retries')).toMatch(/virtual-service\/#HTTPRetry$/);
  expect(referenceAddress('DestinationRule', 'trafficPolicy.tls')).toMatch(/#ClientTLSSettings$/);
  expect(referenceAddress('DestinationRule', 'trafficPolicy.connectionPool.tcp.tcpKeepalive')).toMatch(
    /#ConnectionPoolSettings-TCPSettings$/,
  );
});

it('a link is wrapped as its text is, and keeps its target in each line', () => {
  const text = '[one two three four five](https://istio.io/a) six';
  const lines = linkedMarkdownLines(text, 12, signs(look));
  expect(lines.every(each => widthOf(each) <= 12)).toBe(true);
  expect(lines.flat().filter(each => each.link === 'https://istio.io/a').length).toBeGreaterThan(1);
  expect(lines.flat().find(each => each.text.includes('six'))?.link).toBeUndefined();
  expect(stringWidth(linked('four', 'https://istio.io/a'))).toBe(4);
  expect(
    markdownLines(text, 80, signs(look))
      .flat()
      .some(each => each.link),
  ).toBe(false);
});

it('the pages of docs/reference are as they were written: links are for the screen', () => {
  const page = readFileSync(join(import.meta.dirname, '../../docs/reference/service-entry.md'), 'utf8');
  expect(page).not.toMatch(/^- \[/m);
});
