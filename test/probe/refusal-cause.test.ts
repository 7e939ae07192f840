import { expect, it } from 'vitest';
import type { Resource } from '../../src/istio/resource.ts';
import { causeText, refusalCause } from '../../src/probe/refusal-cause.ts';
import { loggedRefusals } from '../../src/probe/refusals-in-log.ts';
import { inForce } from '../../src/probe/standing-refusals.ts';
import RECORDED from '../fixtures/envoy-refusals.json' with { type: 'json' };

function resource(kind: string, name: string, spec: object): Resource {
  return { apiVersion: 'networking.istio.io/v1', kind, metadata: { name, namespace: 'mesh-network' }, spec };
}

const ENTRY = resource('ServiceEntry', 'entry', {
  hosts: ['API.io'],
  ports: [{ number: 443 }, { number: 15001 }],
});
const TWIN = resource('ServiceEntry', 'twin', { hosts: ['api.io'], ports: [{ number: 443 }] });
const HALF = resource('ServiceEntry', 'half', { hosts: ['*data-zone.io'], ports: [{ number: 443 }] });
const SERVICE = resource('VirtualService', 'service', {
  hosts: ['api.io'],
  http: [
    { redirect: { redirectCode: 300 } },
    {
      directResponse: { status: 600 },
      headers: { request: { set: { 'x-a': '%FOO%', 'x-b': '%PROTOCOL%' } } },
    },
    { rewrite: { authority: 'a\nb' }, match: [{ queryParams: { '': { exact: 'a' } } }] },
  ],
});
const RULE = resource('DestinationRule', 'rule', {
  trafficPolicy: {
    loadBalancer: { consistentHash: { httpHeaderName: '', ringHash: { minimumRingSize: 8_388_609 } } },
  },
});
const ALL = [ENTRY, TWIN, HALF, SERVICE, RULE];

const recorded = RECORDED as Readonly<Record<string, string | null>>;

it.each([
  ['a partial wildcard', ['ServiceEntry half host *data-zone.io']],
  ['a name in two chains', ['ServiceEntry entry host API.io', 'ServiceEntry twin host api.io']],
  ['the address of another listener', ['ServiceEntry entry port 15001']],
  ['no action', ['VirtualService service redirectCode 300']],
  ['direct response 600', ['VirtualService service status 600']],
  ['header value %FOO%', ['VirtualService service value %FOO%']],
  ['host with a line break', ['VirtualService service text "a\\nb"']],
  ['query parameter without a name', ['VirtualService service queryParams without a name']],
  ['ring of 8388609', ['DestinationRule rule minimumRingSize 8388609']],
  ['hash of no header', ['DestinationRule rule consistentHash without a name']],
  [
    'a domain twice',
    ['ServiceEntry entry host API.io', 'ServiceEntry twin host api.io', 'VirtualService service host api.io'],
  ],
])('names the object behind %s', (name, expected) => {
  const cause = refusalCause(recorded[name] ?? '', ALL);
  expect(cause?.at.map(fault => `${fault.kind} ${fault.name} ${fault.what}`)).toEqual(expected);
});

it('has a plain sentence for all that a real Envoy was seen to refuse of what istiod makes', () => {
  const unknown = Object.entries(recorded).filter(
    ([, words]) => words !== null && refusalCause(words, []) === null,
  );
  // Times and percentages: Istio's own checks let none of these through.
  expect(unknown.map(([name]) => name)).toEqual([
    'no time to connect',
    'ejections of no time',
    'ejections beyond all',
  ]);
});

it('says what follows from it', () => {
  const cause = refusalCause(recorded['a partial wildcard'] ?? '', ALL);
  expect(cause && causeText(cause)).toBe(
    'A wildcard in a TLS server name must be the whole first label, as in *.example.com. ' +
      'At fault: ServiceEntry mesh-network/half, host *data-zone.io. ' +
      'Until that is mended the sidecar keeps what it had, and takes no later change of it either.',
  );
});

const LOG = `2026-11-28T22:50:51.122248Z\twarning\tenvoy config source/a.cc:138\tgRPC config for type.googleapis.com/envoy.config.listener.v3.Listener rejected: Error adding/updating listener(s) 0.0.0.0_443: no
0.0.0.0_15001: neither
\tthread=16
2026-11-28T22:50:51.886681Z\twarning\tenvoy config source/a.cc:138\tgRPC config for type.googleapis.com/envoy.config.route.v3.RouteConfiguration rejected: first\tthread=16
2026-11-28T22:50:52.190205Z\twarning\tenvoy config source/a.cc:138\tgRPC config for type.googleapis.com/envoy.config.route.v3.RouteConfiguration rejected: second\tthread=16`;

it('stands until the sidecar has taken a later push', () => {
  const logged = loggedRefusals(LOG.split('\n'));
  const listeners = 'Error adding/updating listener(s) 0.0.0.0_443: no\n0.0.0.0_15001: neither';
  expect(inForce([], logged, 0)).toEqual([listeners, 'second']);
  expect(inForce(['neither'], logged, Date.parse('2026-11-28T22:50:52Z'))).toEqual(['second', 'neither']);
  expect(inForce([], logged, Date.parse('2026-11-28T22:50:53Z'))).toEqual([]);
});
