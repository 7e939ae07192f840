import { describe, expect, it } from 'vitest';
import { lintProse } from '../../src/author/lint-prose.ts';

const files = new Set(['manifests/door.yaml', 'solution/gate.yaml']);
const lint = (text: string) =>
  lintProse({ name: 'lesson.md', text }, files).map(({ line, what }) => `${line} ${what}`);

describe('the look over prose', () => {
  it('has nothing to say about a text that holds', () => {
    const text =
      '# A\n\nSee `manifests/door.yaml` and gate.yaml, [Istio](https://istio.io/latest/) and https://api.x.io/.\n\n```yaml\nother.yaml: 1\n```\n';
    expect(lint(text)).toEqual([]);
  });

  it.each([
    ['# A\n\n```yaml\nhosts:\n', '3 This code block is never closed.'],
    ['# A\n\nLook at `manifests/window.yaml`.\n', '3 There is no file manifests/window.yaml.'],
    ['# A\n\nLook at window.yaml.\n', '3 There is no file window.yaml.'],
    ['# A\n\n[more](./more)\n', '3 This link leads nowhere: ./more'],
    ['# A\n\n[more]()\n', '3 This link leads nowhere: it has no address'],
    ['# A\n\n![a mesh](https://x.io/a.png)\n', '3 A terminal shows no images.'],
    ['# A\n\n<b>bold</b>\n', '3 HTML is shown as it is written.'],
  ])('finds what is wrong in %j', (text, finding) => {
    expect(lint(text)).toContain(finding);
  });
});
