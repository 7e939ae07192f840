import { beforeEach, describe, expect, it } from 'vitest';
import { type BareApi, bareApi } from '../../support/bare-api.ts';

let app: BareApi['app'];

beforeEach(() => {
  ({ app } = bareApi());
});

const APPLY = 'application/apply-patch+yaml';
const MERGE = 'application/merge-patch+json';
const MAPS = '/api/v1/namespaces/x/configmaps';
const ENTRIES = '/apis/networking.istio.io/v1/namespaces/x/serviceentries';

async function send(method: string, path: string, body: object, type = 'application/json') {
  const headers = { authorization: 'Bearer t', 'content-type': type };
  const response = await app.request(path, { method, body: JSON.stringify(body), headers });
  const warnings = response.headers.get('warning') ?? '';
  const { message, details, data, spec } = (await response.json()) as Record<string, never>;
  return { status: response.status, message, details, data, spec, warnings };
}
interface KubeMetadata {
  readonly annotations?: Readonly<Record<string, string>>;
  readonly managedFields?: readonly { readonly fieldsV1: object }[];
}
const read = (path: string) => app.request(path, { headers: { authorization: 'Bearer t' } });
const apply = (manager: string, data: object, more = '') =>
  send('PATCH', `${MAPS}/a?fieldManager=${manager}${more}`, map(data), APPLY);
const map = (data: object, metadata: object = {}) => ({
  ...{ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a', ...metadata }, data },
});

describe('what one manager applied and another one changes', () => {
  it('is a conflict, which names the field, until it is forced', async () => {
    expect((await apply('one', { a: '1', b: '1' })).status).toBe(201);
    expect((await apply('two', { a: '1', c: '1' })).status).toBe(200);
    expect(await apply('two', { a: '2' })).toMatchObject({
      status: 409,
      message: 'Apply failed with 1 conflict: conflict with "one": .data.a',
      details: {
        causes: [{ reason: 'FieldManagerConflict', message: 'conflict with "one"', field: '.data.a' }],
      },
    });
    expect((await apply('two', { a: '2', b: '2' })).message).toBe(
      'Apply failed with 2 conflicts: conflicts with "one":\n- .data.a\n- .data.b',
    );
    expect(await apply('two', { a: '2' }, '&force=true')).toMatchObject({
      status: 200,
      data: { a: '2', b: '1' },
    });
    expect((await apply('one', { a: '1', b: '1' })).message).toContain('conflict with "two": .data.a');
    expect(await apply('one', { b: '3' })).toMatchObject({ status: 200, data: { a: '2', b: '3' } });
  });

  it('is one in an element of a keyed list too', async () => {
    const entry = (number: number) => ({
      ...{ apiVersion: 'networking.istio.io/v1', kind: 'ServiceEntry', metadata: { name: 'a' } },
      spec: { hosts: ['a.test'], ports: [{ number, name: 'http', protocol: 'HTTP' }] },
    });
    const put = (manager: string, number: number) =>
      send('PATCH', `${ENTRIES}/a?fieldManager=${manager}`, entry(number), APPLY);
    expect((await put('one', 80)).status).toBe(201);
    expect((await put('two', 81)).message).toBe(
      'Apply failed with 1 conflict: conflict with "one": .spec.ports[name="http"].number',
    );
  });

  it('is one with whoever edited it since', async () => {
    await apply('one', { a: '1', b: '1' });
    await send('PATCH', `${MAPS}/a?fieldManager=kubectl-edit`, { data: { a: '2' } }, MERGE);
    expect((await apply('one', { a: '1', b: '2' })).message).toBe(
      'Apply failed with 1 conflict: conflict with "kubectl-edit" using v1: .data.a',
    );
    expect((await apply('one', { a: '2', b: '2' })).status).toBe(200);
  });

  it('is one with kubectl apply, but for kubectl itself', async () => {
    const last = JSON.stringify(map({ a: '1' }));
    await send(
      'POST',
      MAPS,
      map({ a: '1' }, { annotations: { 'kubectl.kubernetes.io/last-applied-configuration': last } }),
    );
    expect((await apply('one', { a: '2' })).message).toBe(
      'Apply failed with 1 conflict: conflict with "kubectl-client-side-apply" using v1: .data.a',
    );
    expect(await apply('kubectl', { a: '2' })).toMatchObject({ status: 200, warnings: '' });
  });

  it("keeps kubectl's annotation in step when kubectl applies, and of nobody else", async () => {
    const last = 'kubectl.kubernetes.io/last-applied-configuration';
    const annotation = async () => {
      const { metadata } = (await (await read(`${MAPS}/a`)).json()) as { metadata: KubeMetadata };
      return metadata.annotations?.[last];
    };
    await send('POST', MAPS, map({ a: '1' }, { annotations: { [last]: JSON.stringify(map({ a: '1' })) } }));
    await apply('two', { b: '1' });
    expect(await annotation()).toBe(JSON.stringify(map({ a: '1' })));
    await apply('kubectl', { a: '2' }, '&force=true');
    expect(await annotation()).toBe(
      '{"apiVersion":"v1","data":{"a":"2"},"kind":"ConfigMap","metadata":{"name":"a"}}\n',
    );
  });

  it('owns nothing of metadata that is a name alone', async () => {
    await apply('one', { a: '1' });
    const { metadata } = (await (await read(`${MAPS}/a`)).json()) as { metadata: KubeMetadata };
    expect(metadata.managedFields?.map(each => each.fieldsV1)).toEqual([{ 'f:data': { 'f:a': {} } }]);
  });

  it('is let through with a Warning where nobody knows who wrote it', async () => {
    await send('POST', MAPS, map({ a: '1' }));
    expect(await apply('one', { a: '2' })).toMatchObject({
      status: 200,
      warnings:
        '299 - "the sandbox does not know who wrote this object before; a cluster may refuse this as a conflict"',
    });
  });
});
