import { execFileSync } from 'node:child_process';
import { homedir } from 'node:os';
import { describe, expect, it } from 'vitest';
import type { Step } from '../../src/course/schema.ts';
import { kubectlLine } from '../../src/lesson/kubectl-line.ts';
import { shellPath } from '../../src/shared/paths.ts';
import { shellLine, shellWord } from '../../src/shared/shell.ts';
import { kubectlLines } from '../../src/tui/screens/panes/kubectl-lines.ts';
import { worldNames } from '../../src/world/names.ts';

/** What a shell makes of a line in which `kubectl` says its words, each in brackets. */
function wordsOf(line: string): string[] {
  const script = `kubectl() { printf '%s\\0' "$@"; }\n${line}\n`;
  return execFileSync('sh', ['-c', script], { encoding: 'utf8' }).split('\0').slice(0, -1);
}

const ODD = [
  'my work',
  "it's",
  '"quoted"',
  '$HOME',
  '$(touch OWNED)',
  '`touch OWNED`',
  'a;touch OWNED;b',
  'x; touch OWNED #',
  '#comment',
  'a & b',
  'a|b>c<d',
  '*',
  '?',
  '[a-z]',
  '{a,b}',
  '!!',
  'back\\slash',
  'new\nline',
  'tab\there',
  '~',
  '~root/x',
  '=ls',
  'ü',
  '',
];

describe('a line for the shell', () => {
  it('keeps every word what it is, in a real shell', () => {
    expect(wordsOf(`kubectl ${shellLine(ODD)}`)).toEqual(ODD);
  });

  it('leaves what needs no quotes as it is', () => {
    const plain = [
      '-n',
      'mesh-network',
      'deploy/client',
      'FIREWALL=403',
      'http://x:80/a?'.slice(0, -1),
      '10%',
    ];
    expect(shellLine(plain)).toBe(plain.join(' '));
  });

  it('lets the shell put the home folder into a path, whatever else is in it', () => {
    for (const name of ODD.filter(each => each !== '')) {
      expect(wordsOf(`kubectl ${shellPath(`${homedir()}/${name}/x`)}`)).toEqual([`${homedir()}/${name}/x`]);
      expect(wordsOf(`kubectl ${shellPath(`/elsewhere/${name}`)}`)).toEqual([`/elsewhere/${name}`]);
    }
    expect(shellPath(`${homedir()}/my work/a.yaml`)).toBe("~/'my work/a.yaml'");
    expect(shellWord('/plain/path.yaml')).toBe('/plain/path.yaml');
  });

  it('beside a step is one command whatever stands in the step', () => {
    const folder = `${homedir()}/my work/01-x`;
    const on = { names: worldNames(), folder };
    const line = (changes: object[]) =>
      kubectlLine({ kind: 'apply', id: 'x', title: 'X', changes } as unknown as Step, on) ?? '';
    for (const odd of ODD.filter(each => each !== '' && !each.includes('/'))) {
      expect(wordsOf(line([{ apply: `manifests/${odd}.yaml` }]))).toEqual([
        'apply',
        '-f',
        `${folder}/manifests/${odd}.yaml`,
      ]);
      expect(wordsOf(line([{ remove: { kind: 'Sidecar', name: odd, namespace: odd } }]))).toEqual([
        ...['-n', odd, 'delete', 'sidecars', odd],
      ]);
      expect(wordsOf(line([{ env: { deployment: 'client', name: 'A', value: odd } }])).at(-1)).toBe(
        `A=${odd}`,
      );
    }
  });

  it('is broken on a narrow screen where a shell allows it, and not within quotes', () => {
    const kubectl = `kubectl apply -f ${shellPath(`${homedir()}/a folder with many words in it/01-x/a.yaml`)}`;
    const snapshot = {
      kubeconfig: '/state/kind.kubeconfig',
      kubectl,
      namespaces: { mesh: 'mesh-network', outside: 'outside' },
    } as Parameters<typeof kubectlLines>[0];
    const shown = kubectlLines(snapshot, 30).map(line => line.map(piece => piece.text).join(''));
    const from = shown.findIndex(line => line.startsWith('kubectl'));
    const text = shown.slice(from, shown.indexOf('', from)).join('\n');
    expect(text.split('\n').length).toBeGreaterThan(1);
    expect(wordsOf(text)).toEqual(['apply', '-f', `${homedir()}/a folder with many words in it/01-x/a.yaml`]);
  });
});
