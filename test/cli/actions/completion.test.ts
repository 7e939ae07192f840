/** The scripts, as a shell reads them: what Tab offers. */
import { execFileSync } from 'node:child_process';
import { expect, it } from 'vitest';
import { bashScript } from '../../../src/cli/actions/completion/bash.ts';
import { fishScript } from '../../../src/cli/actions/completion/fish.ts';
import { completed } from '../../../src/cli/actions/completion/words.ts';
import { buildProgram } from '../../../src/cli/program.ts';

const all = completed(
  buildProgram(async () => {}),
  {
    lessons: ['blind-spot', 'service-entry'],
    drills: ['one-door', 'double-wrap'],
    kinds: ['ServiceEntry', 'Sidecar'],
  },
);
const script = bashScript(all);

/** What Tab offers at the end of a line, as bash splits it. */
function offered(...line: string[]): string[] {
  const words = ['istio-tutor', ...line].map(each => `'${each}'`).join(' ');
  const asked = `COMP_WORDS=(${words}); COMP_CWORD=${line.length}; _istio_tutor; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const said = execFileSync('bash', ['--noprofile', '--norc', '-c', `${script}\n${asked}`], {
    encoding: 'utf8',
  });
  return said.split('\n').filter(each => each !== '');
}

it('bash offers names of lessons and drills where they stand', () => {
  expect(offered('drill', '')).toEqual(expect.arrayContaining(['one-door', 'double-wrap', '--list']));
  expect(offered('drill', 'dou')).toEqual(['double-wrap']);
  expect(offered('run', 'bl')).toEqual(['blind-spot']);
  expect(offered('reset', 'se')).toEqual(['service-entry']);
  expect(offered('bl')).toEqual(['blind-spot']);
  expect(offered('reference', 'S')).toEqual(['ServiceEntry', 'Sidecar']);
  expect(offered('new', '')).toEqual(expect.arrayContaining(['lesson', 'drill']));
  expect(offered('workshop', 'sta')).toEqual(['status']);
});

it('bash offers what an option takes, and counts its value as no command', () => {
  expect(offered('--on', '')).toEqual(['sandbox', 'kind', 'context']);
  expect(offered('--on', '=')).toEqual(['sandbox', 'kind', 'context']);
  expect(offered('--on', '=', 'ki')).toEqual(['kind']);
  expect(offered('--on', 'sandbox', 'drill', 'one')).toEqual(['one-door']);
  expect(offered('--on', '=', 'sandbox', 'drill', 'one')).toEqual(['one-door']);
  expect(offered('play', '--from', 'do')).toEqual(['double-wrap']);
  expect(offered('--course', '/us')).toEqual(['/usr']);
  expect(offered('exam', '--minutes', '')).toEqual([]);
});

it('has nothing that the bash 3.2 of macOS lacks', () => {
  expect(script).not.toMatch(
    /mapfile|readarray|declare -[A-Za-z]*[An]|local -[An]|\$\{\w+(,,|\^\^)|\|&|&>>|\$\{\w+\[-/,
  );
});

it('fish is told the same', () => {
  const lines = fishScript(all).split('\n');
  const has = (text: string) =>
    expect(
      lines.some(each => each.startsWith(text)),
      text,
    ).toBe(true);
  has("complete -c istio-tutor -n '__fish_seen_subcommand_from drill' -f -a 'one-door double-wrap'");
  has("complete -c istio-tutor -n __fish_use_subcommand -f -a 'blind-spot service-entry'");
  has("complete -c istio-tutor -l on -x -a 'sandbox kind context'");
  has("complete -c istio-tutor -l work -x -a '(__fish_complete_directories)'");
});
