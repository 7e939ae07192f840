/**
 * What every provider must do, seen through the one code path over its kubeconfig: apply, refuse, take turns
 * with kubectl, exec, logs, wait, delete, and a world that answers. Needs a world that is up; leaves it as
 * it was. Run by the live suite for each provider.
 */
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { apply, listObjects, readObject, remove } from '../../src/kube/apply.ts';
import type { Kube, KubeObject, ObjectRef } from '../../src/kube/client.ts';
import { type ExecTarget, exec } from '../../src/kube/exec.ts';
import { followLog, readLog } from '../../src/kube/logs.ts';
import { readyPod, until } from '../../src/kube/wait.ts';
import { worldHealth } from '../../src/world/bring-up.ts';
import { CLIENT, type WorldNames } from '../../src/world/names.ts';

const run = promisify(execFile);

export function contractSuite(name: string, setup: () => Promise<{ kube: Kube; names: WorldNames }>): void {
  describe(`${name} keeps the contract`, { timeout: 60_000 }, () => {
    let kube: Kube;
    let names: WorldNames;
    let curl: ExecTarget;
    let proxy: ExecTarget;
    let folder: string;
    let ref: ObjectRef;

    const entry = (spec: object): KubeObject => ({
      ...{ apiVersion: ref.apiVersion, kind: ref.kind },
      metadata: { name: ref.name, namespace: names.mesh },
      spec: {
        hosts: ['contract.example.com'],
        ports: [{ number: 443, name: 'https', protocol: 'HTTPS' }],
        resolution: 'DNS',
        ...spec,
      },
    });
    const spec = async () => (await readObject(kube, ref))?.spec;

    beforeAll(async () => {
      ({ kube, names } = await setup());
      folder = mkdtempSync(join(tmpdir(), 'contract-'));
      writeFileSync(join(folder, 'kubeconfig'), kube.config.exportConfig(), { mode: 0o600 });
      ref = {
        apiVersion: 'networking.istio.io/v1beta1',
        kind: 'ServiceEntry',
        name: 'contract',
        namespace: names.mesh,
      };
      await remove(kube, ref);
      const pod = await readyPod(kube, names.mesh, CLIENT.selector);
      curl = { namespace: names.mesh, pod: pod.name, container: CLIENT.container };
      proxy = { ...curl, container: CLIENT.proxy };
    }, 60_000);

    afterAll(async () => {
      await remove(kube, ref);
      rmSync(folder, { recursive: true, force: true });
    });

    describe('apply', () => {
      it('creates, leaves alone, changes and deletes', async () => {
        expect(await apply(kube, entry({}))).toMatchObject({ outcome: 'created', warnings: [] });
        expect(await apply(kube, entry({}))).toMatchObject({ outcome: 'unchanged' });
        expect(await apply(kube, entry({ location: 'MESH_EXTERNAL' }))).toMatchObject({
          outcome: 'configured',
        });
        expect(await spec()).toMatchObject({ location: 'MESH_EXTERNAL' });
        expect(await apply(kube, entry({}))).toMatchObject({ outcome: 'configured' });
        expect(await spec()).not.toHaveProperty('location');
        const listed = await listObjects(kube, ref.apiVersion, ref.kind, names.mesh);
        expect(listed).toContainEqual(expect.objectContaining({ kind: 'ServiceEntry' }));
        expect(await remove(kube, ref)).toBe('removed');
        expect(await readObject(kube, ref)).toBeNull();
        expect(await remove(kube, ref)).toBe('absent');
      });

      it('refuses an unknown field and names it', async () => {
        const refused = await apply(kube, entry({ retrys: 3 }));
        expect(refused).toMatchObject({
          outcome: 'refused',
          code: 400,
          message: expect.stringContaining('strict decoding error: unknown field "spec.retrys"'),
        });
        expect(await readObject(kube, ref)).toBeNull();
      });

      it("hands back the words of Istio's webhook, whole", async () => {
        const refused = await apply(kube, entry({ hosts: ['*.example.com'] }));
        expect(refused).toMatchObject({
          outcome: 'refused',
          message: expect.stringMatching(
            /denied the request: configuration is invalid: .*"\*\.example\.com"/,
          ),
        });
      });

      it('refuses what the API does not know, in the words of kubectl', async () => {
        const unknown = { ...entry({}), apiVersion: 'example.com/v1', kind: 'Nonesuch' };
        expect(await apply(kube, unknown)).toMatchObject({
          outcome: 'refused',
          message: 'no matches for kind "Nonesuch" in version "example.com/v1"',
        });
        const elsewhere = entry({});
        elsewhere.metadata.namespace = 'contract-nowhere';
        expect(await apply(kube, elsewhere)).toMatchObject({
          outcome: 'refused',
          code: 404,
          message: 'namespaces "contract-nowhere" not found',
        });
      });

      it('takes turns with kubectl on one object', async () => {
        const kubectl = async (object: KubeObject) => {
          const file = join(folder, 'object.json');
          writeFileSync(file, JSON.stringify(object));
          const args = ['--kubeconfig', join(folder, 'kubeconfig'), 'apply', '-f', file];
          return (await run('kubectl', args)).stdout.trim();
        };
        const outside = entry({ location: 'MESH_EXTERNAL' });
        const both = entry({ location: 'MESH_EXTERNAL', exportTo: ['.'] });
        await apply(kube, both);
        // The annotation is the same byte for byte: kubectl finds nothing to do.
        expect(await kubectl(both)).toMatch(/unchanged$/);
        expect(await kubectl(outside)).toMatch(/configured$/);
        expect(await spec()).not.toHaveProperty('exportTo');
        expect(await apply(kube, outside)).toMatchObject({ outcome: 'unchanged' });
        expect(await apply(kube, entry({}))).toMatchObject({ outcome: 'configured' });
        expect(await spec()).not.toHaveProperty('location');
        expect(await kubectl(entry({}))).toMatch(/unchanged$/);
        await remove(kube, ref);
      });

      it('keeps what others set beside the manifest', async () => {
        await apply(kube, entry({}));
        const path = `/apis/${ref.apiVersion}/namespaces/${names.mesh}/serviceentries/${ref.name}`;
        const body = { metadata: { labels: { team: 'a' } } };
        await kube.request('PATCH', path, { body, contentType: 'application/merge-patch+json' });
        await apply(kube, entry({ location: 'MESH_EXTERNAL' }));
        expect((await readObject(kube, ref))?.metadata.labels).toEqual({ team: 'a' });
        await remove(kube, ref);
      });
    });

    describe('exec', () => {
      it('tells both streams and the exit code', async () => {
        const result = await exec(kube, curl, ['sh', '-c', 'echo out; echo err >&2; exit 7']);
        expect(result).toEqual({ exit: 7, stdout: 'out\n', stderr: 'err\n' });
      });

      it('passes stdin and arguments with spaces as they are', async () => {
        expect((await exec(kube, curl, ['cat'], { stdin: 'a "b"\nc' })).stdout).toBe('a "b"\nc');
        expect((await exec(kube, curl, ['echo', 'a  b', '$HOME'])).stdout).toBe('a  b $HOME\n');
      });

      it('ends when it is told to', async () => {
        const abort = new AbortController();
        const running = exec(kube, curl, ['sh', '-c', 'echo begun; sleep 30'], {
          signal: abort.signal,
          onStdout: () => abort.abort(),
        });
        await expect(running).rejects.toMatchObject({ name: 'Interrupted' });
      });

      it('says that a pod is not there', async () => {
        const gone = exec(kube, { ...curl, pod: 'client-gone' }, ['true']);
        await expect(gone).rejects.toMatchObject({
          name: 'ToolError',
          problem: { what: 'Pod client-gone no longer exists.' },
        });
      });
    });

    describe('the world', () => {
      const call = async (...args: string[]) => {
        const { exit, stdout } = await exec(kube, curl, ['curl', '-sS', '-m', '8', ...args]);
        return { exit, body: stdout };
      };
      const json = async (...args: string[]) => JSON.parse((await call(...args)).body);

      it('is well', async () => {
        expect(await worldHealth(kube, names)).toEqual({ state: 'ready' });
      });

      it('answers as the internet would: http, https, other hosts', async () => {
        expect(await json('https://api.safedata-zone.io/v2/data?x=1')).toMatchObject({
          ...{ version: 'stable', scheme: 'https', method: 'GET', path: '/v2/data?x=1', status: 200 },
          ...{ host: 'api.safedata-zone.io', sni: 'api.safedata-zone.io', clientCert: null },
        });
        expect(await json('http://api.safedata-zone.io/', '-H', 'X-Mine: 1')).toMatchObject({
          ...{ version: 'stable', scheme: 'http', sni: '' },
          headers: { 'x-mine': '1' },
        });
        expect(await json('https://canary.safedata-zone.io/')).toMatchObject({ version: 'canary' });
        expect(await json('https://pay.example-pay.io/')).toMatchObject({ version: 'pay' });
        expect(await json('http://catalog/')).toMatchObject({ version: 'catalog' });
      });

      it('answers plain HTTP on the TLS port as other servers do', async () => {
        const { body } = await call('-w', '%{http_code}', 'http://api.safedata-zone.io:443/');
        expect(body).toBe('Client sent an HTTP request to an HTTPS server.\n400');
      });

      it('knows no other name', async () => {
        expect(await call('http://nowhere.safedata-zone.io/')).toMatchObject({ exit: 6 });
      });

      it('logs a call in the sidecar and at the API, read and followed', async () => {
        const mark = `contract-${Date.now()}`;
        const lines: string[] = [];
        const follower = await followLog(kube, proxy, { onLine: line => lines.push(line) });
        await call('-A', mark, 'http://api.safedata-zone.io/logged');
        const api = await readyPod(kube, names.outside, 'app=safedata-stable');
        const server = { namespace: names.outside, pod: api.name, container: 'api' };
        const seen = async () =>
          (await readLog(kube, server, { sinceSeconds: 10 })).find(line => line.includes(mark));
        const line = await until('the line of the API', seen, { timeoutMs: 5000, everyMs: 50 });
        expect(JSON.parse(line)).toEqual({
          ...{ version: 'stable', method: 'GET', path: '/logged', host: 'api.safedata-zone.io' },
          ...{ scheme: 'http', sni: '', status: 200, ua: mark },
        });
        const followed = async () => lines.find(each => each.includes(mark));
        const logged = await until('the line of the sidecar', followed, { timeoutMs: 5000, everyMs: 50 });
        follower.stop();
        expect(logged).toContain('"GET /logged HTTP/1.1" 200');
        expect(await readLog(kube, proxy, { tail: 1 })).toHaveLength(1);
      });
    });

    describe('wait', () => {
      it('names what it waited for in vain', async () => {
        const waiting = readyPod(kube, names.mesh, 'app=nobody', { timeoutMs: 300 });
        await expect(waiting).rejects.toMatchObject({
          problem: { what: expect.stringContaining(`a ready pod app=nobody in namespace ${names.mesh}`) },
        });
      });
    });
  });
}
