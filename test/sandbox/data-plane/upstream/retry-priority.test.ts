/** retries.retryRemoteLocalities: at which priority each try arrives, as Envoy 1.39.3 sent them. */
import { afterEach, expect, it } from 'vitest';
import type { RetryPolicy } from '../../../../src/envoy/config.ts';
import { PreviousPriorities } from '../../../../src/sandbox/data-plane/upstream/previous-priorities.ts';
import { type HttpProxy, request, startProxy } from '../http/http-proxy.ts';
import { staticCluster } from '../loopback.ts';

let proxy: HttpProxy | undefined;
afterEach(() => proxy?.close());

const lb = (...ips: string[]) =>
  ips.map(address => ({ endpoint: { address: { socket_address: { address, port_value: 80 } } } }));
const FIRST_A = [{ lb_endpoints: lb('10.0.0.1') }, { priority: 1, lb_endpoints: lb('10.0.0.2') }];
/** Nobody listens at the first priority's host. */
const FIRST_GONE = [{ lb_endpoints: lb('10.0.0.9') }, { priority: 1, lb_endpoints: lb('10.0.0.2') }];
const OTHER_HOSTS: RetryPolicy = {
  retry_host_predicate: [{ name: 'envoy.retry_host_predicates.previous_hosts' }],
};

it.each<[string, RetryPolicy, typeof FIRST_A, string]>([
  ['two tries here, two there', { num_retries: 3 }, FIRST_A, 'aabb'],
  ['when none is left all begin anew', { num_retries: 9 }, FIRST_A, 'aabbaabbaa'],
  ['also beside retryIgnorePreviousHosts', { num_retries: 9, ...OTHER_HOSTS }, FIRST_A, 'aabbaabbaa'],
  ['connections that fail count', { num_retries: 5 }, FIRST_GONE, 'bb'],
])('%s', async (_, policy, endpoints, expected) => {
  const refuse = (_head: string, socket: { write(text: string): void }) =>
    socket.write('HTTP/1.1 503 No\r\ncontent-length: 0\r\n\r\n');
  proxy = await startProxy({
    serve: { a: refuse, b: refuse },
    routes: [
      {
        match: { prefix: '/' },
        route: {
          cluster: 'both',
          timeout: '0s',
          retry_policy: {
            retry_on: '5xx',
            retry_back_off: { base_interval: '0.001s' },
            retry_priority: {
              name: 'envoy.retry_priorities.previous_priorities',
              typed_config: { update_frequency: 2 },
            },
            ...policy,
          },
        },
      },
    ],
    clusters: [
      staticCluster('both', [], { load_assignment: { cluster_name: 'both', endpoints } }),
      staticCluster('a', ['10.0.0.1:80']),
    ],
  });
  await proxy.call(request('/'));
  const tries = proxy.seen.filter(line => line.includes(' GET '));
  expect(tries.map(line => line[0]).join('')).toBe(expected);
});

it('shares what is left by health, and keeps to the usual shares when nothing is healthy', () => {
  const priorities = new PreviousPriorities(1);
  expect(priorities.loads([70, 30, 100], [70, 30, 0])).toEqual([70, 30, 0]);
  priorities.onHost(0);
  expect(priorities.loads([70, 30, 100], [70, 30, 0])).toEqual([0, 30, 70]);
  expect(priorities.loads([0, 0, 0], [100, 0, 0])).toEqual([100, 0, 0]);
});
