/**
 * npm run seal [-- CURL ...]
 * Sends each long option of a curl, alone and with every value that names something of the machine's, through the
 * sandbox's client, and watches with strace what curl does beyond a plain call: files outside the call's own folder
 * that it opens or looks for, sockets that it connects to. Without CURL it is the one on PATH; newer ones can be
 * wrapper scripts. Needs Linux and strace.
 */
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { findOnPath } from '../../src/sandbox/workload/curl/child.ts';
import { machine, optionsOf } from '../../test/sandbox/workload/curl/seal-attack.ts';
import { labWorld, names } from '../../test/sandbox/workload/world.ts';
import { Traces } from './traces.ts';

/** What curl's own libraries need for these is not a leak. */
const PLAIN = [
  ['http://catalog/'],
  ['-k', 'https://catalog/'],
  ['http://nowhere.example/'],
  ['-F', 'a=b', '-o', 'out', '-c', 'jar', '-D', 'headers', '-v', 'http://catalog/'],
];

const strace = findOnPath('strace');
if (strace === null) throw new Error('strace is not on PATH: apt-get install strace');
let harmed = 0;
for (const curl of process.argv.length > 2 ? process.argv.slice(2) : ['curl']) {
  const path = curl.includes('/') ? resolve(curl) : findOnPath(curl);
  if (path === null) throw new Error(`${curl} is not on PATH`);
  harmed += await attack(path, strace);
}
process.exit(harmed === 0 ? 0 : 1);

/** Returns how many calls did something that none may do. */
async function attack(curl: string, tracer: string): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'istio-tutor-seal-'));
  const traces = new Traces(folder);
  const wrapper = join(folder, 'curl');
  writeFileSync(wrapper, `#!/bin/sh\nexec ${tracer} ${traces.options} ${curl} "$@"\n`);
  chmodSync(wrapper, 0o755);
  const world = await labWorld({ curl: wrapper });
  const client = { namespace: names.mesh, pod: await world.pod(names.mesh, 'client'), container: 'curl' };
  await world.pod(names.mesh, 'catalog');
  const target = await machine();
  const call = (...words: string[]) => world.exec(client, ['curl', '-sS', '-m', '2', ...words], target);
  for (const words of PLAIN) await call(...words);
  const plain = traces.take();
  if (plain.size === 0) throw new Error(`${curl} leaves no trace`);
  // It asks each of its libraries, and LDAP's then looks up the machine's name.
  await call('--version');
  const version = traces.take();
  const count = { calls: 0, started: new Set<string>(), harmed: 0 };
  const options = optionsOf(execFileSync(curl, ['--help', 'all'], { encoding: 'utf8' }));
  for (const { name } of options) {
    for (const words of [[], ...target.values.map(value => [value])]) {
      const line = [`--${name}`, ...words, 'http://catalog/'];
      const { stdout, stderr } = await call(...line);
      count.calls++;
      const seen = traces.take();
      if (seen.size > 0) count.started.add(name);
      const own = name === 'version' ? version : new Set();
      const harm = [...target.harm(), ...[...seen].filter(each => !plain.has(each) && !own.has(each))];
      if (stdout.includes('SECRET') || /SECRET|MACHINE/.test(stderr)) harm.push("told what is the machine's");
      if (harm.length === 0) continue;
      count.harmed++;
      console.error(`${line.join(' ')}\n    ${harm.join('\n    ')}`);
    }
  }
  const told = execFileSync(curl, ['--version'], { encoding: 'utf8' }).split(' ')[1];
  const started = count.started.size;
  console.log(
    JSON.stringify({
      ...{ curl: told, options: options.length, calls: count.calls },
      ...{ neverStarted: options.length - started, started, harmed: count.harmed },
    }),
  );
  target.close();
  await world.close();
  rmSync(folder, { recursive: true, force: true });
  return count.harmed;
}
