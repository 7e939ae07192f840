/** What is of another shape than its kind is refused, whole objects and their status alike, in the API server's words. */
import { beforeEach, describe, expect, it } from 'vitest';
import type { Resource } from '../../../src/istio/resource.ts';
import { type BareApi, bareApi } from '../../support/bare-api.ts';

let store: BareApi['store'];
let app: BareApi['app'];

const meta = { name: 'a', namespace: 'x' };
const pod: Resource = {
  ...{ apiVersion: 'v1', kind: 'Pod', metadata: meta },
  spec: { containers: [{ name: 'c', image: 'i' }] },
};
const entry: Resource = {
  ...{ apiVersion: 'networking.istio.io/v1', kind: 'ServiceEntry', metadata: meta },
  spec: { hosts: ['a.test'], ports: [{ number: 80, name: 'http', protocol: 'HTTP' }] },
};

beforeEach(() => {
  ({ store, app } = bareApi());
  store.create('pods', pod);
  store.create('serviceentries.networking.istio.io', entry);
});

async function send(method: string, path: string, body: object, type = 'application/json') {
  const response = await app.request(path, {
    method,
    body: JSON.stringify(body),
    headers: { authorization: 'Bearer t', 'content-type': type },
  });
  const { code = response.status, message = '' } = (await response.json()) as {
    code?: number;
    message?: string;
  };
  return `${code} ${message}`;
}

const MERGE = 'application/merge-patch+json';
const POD = '/api/v1/namespaces/x/pods/a';
const ENTRY = '/apis/networking.istio.io/v1/namespaces/x/serviceentries/a';

describe('a status of another shape', () => {
  const cannot = (kind: string) =>
    `400 ${kind} in version "v1" cannot be handled as a ${kind}: json: cannot unmarshal`;

  it.each([
    [
      { conditions: 'x' },
      `${cannot('Pod')} string into Go struct field PodStatus.status.conditions of type []v1.PodCondition`,
    ],
    [
      { conditions: [[]] },
      `${cannot('Pod')} array into Go struct field PodStatus.status.conditions of type v1.PodCondition`,
    ],
    [{ podIP: 1 }, `${cannot('Pod')} number into Go struct field PodStatus.status.podIP of type string`],
    ['x', `${cannot('Pod')} string into Go struct field Pod.status of type v1.PodStatus`],
    [
      { containerStatuses: [{ state: { running: 1 } }] },
      `${cannot('Pod')} number into Go struct field ContainerState.status.containerStatuses.state.running of type v1.ContainerStateRunning`,
    ],
  ])('%j of a pod is refused', async (status, message) => {
    expect(await send('PATCH', `${POD}/status`, { status }, MERGE)).toBe(message);
    expect(await send('PUT', `${POD}/status`, { ...pod, status })).toBe(message);
    expect(await send('PUT', POD, { ...pod, status })).toBe(message);
    expect(store.get('pods', 'x', 'a')?.status).toBeUndefined();
  });

  it.each([
    [
      { addresses: 'x' },
      'status.addresses: Invalid value: "string": status.addresses in body must be of type array: "string"',
    ],
    [
      { conditions: [1] },
      'status.conditions[0]: Invalid value: "integer": status.conditions[0] in body must be of type object: "integer"',
    ],
    ['x', 'status: Invalid value: "string": status in body must be of type object: "string"'],
  ])('%j of a ServiceEntry is refused', async (status, message) => {
    expect(await send('PATCH', `${ENTRY}/status`, { status }, MERGE)).toBe(
      `422 ServiceEntry.networking.istio.io "a" is invalid: ${message}`,
    );
  });

  it('of the right shape is taken, a null in a list as the empty value', async () => {
    const status = { phase: 'Running', conditions: [null, { type: 'Ready', status: 'True' }] };
    expect(await send('PATCH', `${POD}/status`, { status }, MERGE)).toBe('200 ');
    expect(store.get('pods', 'x', 'a')?.status).toEqual({
      ...status,
      conditions: [{}, status.conditions[1]],
    });
  });
});

describe('endpoints that nobody could follow', () => {
  const slice = (endpoint: object, more: object = {}) => ({
    ...{ apiVersion: 'discovery.k8s.io/v1', kind: 'EndpointSlice', metadata: { ...meta, name: 's' } },
    ...{ addressType: 'IPv4', endpoints: [endpoint], ports: [{ port: 80 }], ...more },
  });
  const SLICES = '/apis/discovery.k8s.io/v1/namespaces/x/endpointslices';
  const invalid = '422 EndpointSlice.discovery.k8s.io "s" is invalid: ';

  it.each([
    [
      { conditions: { ready: true } },
      {},
      'endpoints[0].addresses: Required value: must contain at least 1 address',
    ],
    [
      { addresses: ['catalog'] },
      {},
      'endpoints[0].addresses[0]: Invalid value: "catalog": must be a valid IPv4 address',
    ],
    [
      { addresses: ['127.0.0.1'] },
      {},
      'endpoints[0].addresses[0]: Invalid value: "127.0.0.1": may not be in the loopback range (127.0.0.0/8, ::1/128)',
    ],
    [
      { addresses: ['10.0.0.1'] },
      { addressType: 'ipv4' },
      'addressType: Unsupported value: "ipv4": supported values: "FQDN", "IPv4", "IPv6"',
    ],
    [
      { addresses: ['10.0.0.1'] },
      { ports: [{ protocol: 'x' }] },
      'ports[0].protocol: Unsupported value: "x": supported values: "SCTP", "TCP", "UDP"',
    ],
  ])('EndpointSlice with %j %j', async (endpoint, more, message) => {
    expect(await send('POST', SLICES, slice(endpoint, more))).toBe(invalid + message);
  });

  it('a slice with an address is taken, and keeps its type', async () => {
    expect(await send('POST', SLICES, slice({ addresses: ['10.0.0.1'] }))).toBe('201 ');
    expect(await send('PUT', `${SLICES}/s`, slice({ addresses: ['fd00::1'] }, { addressType: 'IPv6' }))).toBe(
      `${invalid}addressType: Invalid value: "IPv6": field is immutable`,
    );
  });

  it.each([
    [{}, 'subsets[0]: Required value: must specify `addresses` or `notReadyAddresses`'],
    [
      { addresses: [{}] },
      'subsets[0].addresses[0].ip: Invalid value: "": must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)',
    ],
    [
      { addresses: [{ ip: '10.0.0.1' }], ports: [{}] },
      'subsets[0].ports[0].port: Invalid value: 0: must be between 1 and 65535, inclusive',
    ],
  ])('Endpoints with %j', async (subset, message) => {
    const object = {
      apiVersion: 'v1',
      kind: 'Endpoints',
      metadata: { ...meta, name: 's' },
      subsets: [subset],
    };
    expect(await send('POST', '/api/v1/namespaces/x/endpoints', object)).toBe(
      `422 Endpoints "s" is invalid: ${message}`,
    );
  });
});
