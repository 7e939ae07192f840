/** HTTP that is nearly right, as raw bytes: for the sidecar, and for the API server. */
import type { Random } from './random.ts';

const METHODS = ['GET', 'POST', 'HEAD', 'OPTIONS', 'PUT', 'DELETE', 'PATCH', 'CONNECT', 'TRACE', 'G E T', ''];
const TARGETS = [
  '/v2/data',
  '/status/503',
  '/',
  '*',
  '//',
  '/../../etc/passwd',
  '/%00',
  '/%zz',
  'http://api.safedata-zone.io/x',
  '/a?b=c&d[]=%F0%28',
  `/${'x'.repeat(9000)}`,
];
const VERSIONS = ['HTTP/1.1', 'HTTP/1.0', 'HTTP/2.0', 'HTTP/9', ''];
const HEADERS = [
  'Host: api.safedata-zone.io',
  'Host: nowhere',
  'Host:',
  'Content-Length: 5',
  'Content-Length: 5\r\nContent-Length: 6',
  'Content-Length: -1',
  'Transfer-Encoding: chunked',
  'Transfer-Encoding: chunked, chunked',
  'Connection: close',
  'Connection: upgrade\r\nUpgrade: websocket',
  'Expect: 100-continue',
  ': nameless',
  'x-lab-fail-first: 1',
  'x-request-id: \u0007',
  `x-long: ${'y'.repeat(70_000)}`,
  'Origin: http://a',
];
const BODIES = [
  '',
  'hello',
  '5\r\nhello\r\n0\r\n\r\n',
  'zz\r\n',
  '0\r\n\r\n',
  'GET / HTTP/1.1\r\nHost: a\r\n\r\n',
];

export function rawRequest(random: Random): Buffer {
  if (random.chance(0.1)) return random.bytes(1 + random.below(400));
  const headers = Array.from({ length: random.below(6) }, () => random.pick(HEADERS));
  const first = `${random.pick(METHODS)} ${random.pick(TARGETS)} ${random.pick(VERSIONS)}`;
  const end = random.chance(0.9) ? '\r\n\r\n' : '\n';
  const text = [first, ...headers].join('\r\n') + end + random.pick(BODIES);
  const bytes = Buffer.from(text, 'latin1');
  if (random.chance(0.2)) bytes[random.below(bytes.length)] = random.below(256);
  return random.chance(0.2) ? bytes.subarray(0, random.below(bytes.length)) : bytes;
}

const PATHS = [
  '/api/v1/pods',
  '/api/v1/namespaces/mesh-network/pods/client/exec?command=true',
  '/api/v1/namespaces/mesh-network/pods/client/log?follow=true&tailLines=-3',
  '/apis/networking.istio.io/v1/namespaces/mesh-network/virtualservices?watch=1&resourceVersion=zz',
  '/apis/networking.istio.io/v1/namespaces/mesh-network/virtualservices?fieldSelector=a,,b&labelSelector=)',
  '/apis/apps/v1/namespaces/mesh-network/deployments/client/scale',
  '/openapi/v2',
  '/version',
  '/%2e%2e/',
  '/apis/',
];
const TYPES = [
  'application/json',
  'application/yaml',
  'application/merge-patch+json',
  'application/json-patch+json',
  'application/strategic-merge-patch+json',
  'application/apply-patch+yaml',
  'text/plain',
  '',
];
const JSON_BODIES = [
  '',
  '{',
  '[]',
  'null',
  '"x"',
  '{"kind":"Pod"}',
  '[{"op":"replace","path":"/a/b","value":1}]',
  '[{"op":"move","from":"/spec","path":"/spec/a"}]',
  '{"metadata":{"name":1}}',
  '{"__proto__":{"a":1}}',
  `{"a":${'['.repeat(5000)}${']'.repeat(5000)}}`,
];

export interface ApiRequest {
  readonly method: string;
  readonly path: string;
  readonly type: string;
  readonly body: string;
}

export function apiRequest(random: Random): ApiRequest {
  return {
    method: random.pick(['GET', 'POST', 'PUT', 'PATCH', 'DELETE']),
    path: random.pick(PATHS),
    type: random.pick(TYPES),
    body: random.pick(JSON_BODIES),
  };
}
