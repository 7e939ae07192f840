/**
 * The oracle: a program made of real istiod's own code that reads meshes and writes answers, one per line
 * (see docs/decisions/2026-11-28-meshes-against-istiod.md).
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Answer } from './answer.ts';
import { type Mesh, question } from './mesh.ts';

/**
 * Answers in the order of the meshes. A mesh at which the program dies gets an answer with the error, and the rest goes
 * on.
 */
export async function* askOracle(program: string, meshes: readonly Mesh[]): AsyncGenerator<[Mesh, Answer]> {
  let at = 0;
  while (at < meshes.length) {
    for await (const answer of run(program, meshes.slice(at))) {
      const mesh = meshes[at++];
      if (mesh === undefined || answer.id !== mesh.id)
        throw new Error(`${program} answered ${answer.id} unasked`);
      yield [mesh, answer];
    }
    const mesh = meshes[at];
    if (mesh === undefined) return;
    at++;
    const error = `${program} ended without an answer`;
    yield [mesh, { id: mesh.id, refused: [], warned: [], proxies: [], analysis: [], error }];
  }
}

async function* run(program: string, meshes: readonly Mesh[]): AsyncGenerator<Answer> {
  const child = spawn(program, { stdio: ['pipe', 'pipe', 'ignore'] });
  const failed = new Promise<never>((_, reject) => child.once('error', reject));
  failed.catch(() => {});
  child.stdin.on('error', () => {});
  try {
    await Promise.race([once(child, 'spawn'), failed]);
    void feed(child.stdin, meshes);
    for await (const line of createInterface({ input: child.stdout })) {
      // Istio's own logging may come between.
      if (line.startsWith('{"id"')) yield JSON.parse(line) as Answer;
    }
  } finally {
    child.kill();
  }
}

async function feed(to: NodeJS.WritableStream, meshes: readonly Mesh[]): Promise<void> {
  for (const mesh of meshes) {
    if (!to.write(`${question(mesh)}\n`)) await once(to, 'drain').catch(() => {});
  }
  to.end();
}
