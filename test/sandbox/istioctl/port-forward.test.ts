import type { ChildProcess } from 'node:child_process';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { begin, hasKubectl, run } from '../../support/istioctl.ts';
import { type SandboxWorld, sandboxWorld } from '../../support/sandbox-world.ts';

// kubectl against the sandbox, over WebSockets and, as before 1.31, over SPDY alone.

let world: SandboxWorld;
let child: ChildProcess | null = null;
beforeAll(async () => {
  world = await sandboxWorld();
}, 60_000);
afterEach(() => {
  child?.kill();
});
afterAll(() => world.end());

const OLD = { KUBECTL_PORT_FORWARD_WEBSOCKETS: 'false', KUBECTL_REMOTE_COMMAND_WEBSOCKETS: 'false' };

/** The local port that kubectl forwards. */
async function forward(what: string, port: number, more: Record<string, string> = {}) {
  const args = ['-n', world.names.mesh, 'port-forward', what, `:${port}`];
  const begun = begin('kubectl', world, args, more);
  child = begun;
  let said = '';
  begun.stderr.on('data', chunk => {
    said += chunk;
  });
  const local = await new Promise<string>((resolve, reject) => {
    begun.once('exit', () => reject(new Error(said)));
    begun.stdout.on('data', chunk => {
      const found = /127\.0\.0\.1:(\d+)/.exec(String(chunk))?.[1];
      if (found) resolve(found);
    });
  });
  return {
    url: `http://127.0.0.1:${local}/`,
    exited: new Promise<string>(resolve => begun.once('exit', () => resolve(said))),
  };
}

describe.skipIf(!hasKubectl)('kubectl port-forward', () => {
  it.each([
    ['deploy/catalog', 8080, {}],
    ['svc/catalog', 80, {}],
    ['deploy/catalog', 8080, OLD],
  ])('reaches %s on port %d, with %j', async (what, port, more) => {
    const { url } = await forward(what, port, more);
    const answers = await Promise.all(
      Array.from({ length: 50 }, async (_, n) => {
        const answer = await fetch(`${url}call-${n}`);
        return ((await answer.json()) as { path: string }).path;
      }),
    );
    expect(answers).toEqual(answers.map((_, n) => `/call-${n}`));
  });

  it('carries what is large', async () => {
    const { url } = await forward('deploy/catalog', 8080);
    const { status } = await fetch(url, { method: 'POST', body: Buffer.alloc(3e6) });
    expect(status).toBe(200);
  });

  it('says that nothing listens, and never reaches the machine', async () => {
    const machine = createServer((_, answer) => answer.end('the machine'));
    await new Promise<void>(resolve => machine.listen(0, '127.0.0.1', resolve));
    const { port } = machine.address() as AddressInfo;
    const { url, exited } = await forward('deploy/catalog', port);
    await expect(fetch(url)).rejects.toThrow();
    expect(await exited).toContain(`dial tcp4 127.0.0.1:${port}: connect: connection refused`);
    machine.close();
  });
});

describe.skipIf(!hasKubectl)('kubectl exec over SPDY', () => {
  const exec = (...args: string[]) =>
    run('kubectl', world, ['-n', world.names.mesh, 'exec', 'deploy/client', '-c', 'curl', ...args], OLD);

  it('has output, errors and the exit code', async () => {
    const said = await exec('--', 'sh', '-c', 'echo out; echo err >&2; exit 3');
    expect(said).toEqual({
      exit: 3,
      out: 'out\n',
      err: 'err\ncommand terminated with exit code 3\n',
    });
  });

  it('has input, and its end', async () => {
    const { out } = await run(
      'kubectl',
      world,
      ['-n', world.names.mesh, 'exec', '-i', 'deploy/client', '-c', 'curl', '--', 'cat'],
      OLD,
      'x'.repeat(1e6),
    );
    expect(out.length).toBe(1e6);
  });

  it('says which command there is not', async () => {
    const { exit, err } = await exec('--', 'nosuch');
    expect(exit).not.toBe(0);
    expect(err).toContain('"nosuch": executable file not found');
  });
});
