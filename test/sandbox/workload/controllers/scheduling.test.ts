import { expect, it } from 'vitest';
import { quantity } from '../../../../src/sandbox/quantity.ts';
import { podRequests, unschedulable } from '../../../../src/sandbox/workload/controllers/scheduling.ts';
import type { Pod, PodSpec } from '../../../../src/sandbox/workload/kube-types.ts';

const node = {
  labels: { 'kubernetes.io/hostname': 'sandbox', 'kubernetes.io/os': 'linux', cores: '2' },
  allocatable: { cpu: 2, memory: 8 * 2 ** 30 },
};
const pod = (spec: object, labels: Record<string, string> = { app: 'a' }): Pod => ({
  ...{ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p', namespace: 'x', labels } },
  spec: { containers: [{ name: 'c' }], ...spec } as PodSpec,
});
const asks = (requests: object, more: object = {}) =>
  pod({ containers: [{ name: 'c', resources: { requests } }], ...more });
const required = (terms: object[]) => ({ requiredDuringSchedulingIgnoredDuringExecution: terms });
const onNode = (...expressions: object[]) => ({
  affinity: {
    nodeAffinity: {
      requiredDuringSchedulingIgnoredDuringExecution: {
        nodeSelectorTerms: [{ matchExpressions: expressions }],
      },
    },
  },
});
const beside = (kind: string, app: string, topologyKey = 'kubernetes.io/hostname') =>
  pod({ affinity: { [kind]: required([{ topologyKey, labelSelector: { matchLabels: { app } } }]) } });

const SELECTOR = "1 node(s) didn't match Pod's node affinity/selector";
const NEVER = 'Preemption is not helpful for scheduling';
const FULL = 'No preemption victims found for incoming pod';

it.each<[string, Pod, Pod[], string | null, string?]>([
  ['nothing asked', pod({}), [], null],
  ['a label that is there', pod({ nodeSelector: { 'kubernetes.io/os': 'linux' } }), [], null],
  ['a label that is not', pod({ nodeSelector: { disk: 'ssd' } }), [], SELECTOR],
  ['affinity that fits', pod(onNode({ key: 'cores', operator: 'Gt', values: ['1'] })), [], null],
  ['affinity that does not', pod(onNode({ key: 'cores', operator: 'Lt', values: ['2'] })), [], SELECTOR],
  ['NotIn without the label', pod(onNode({ key: 'disk', operator: 'NotIn', values: ['hdd'] })), [], null],
  ['a toleration of nothing', pod({ tolerations: [{ key: 'x', operator: 'Exists' }] }), [], null],
  ['what no node has', asks({ cpu: '1000', memory: '1Ti' }), [], '1 Insufficient cpu, 1 Insufficient memory'],
  ['a graphics card', asks({ 'nvidia.com/gpu': 1 }), [], '1 Insufficient nvidia.com/gpu'],
  ['what fits', asks({ cpu: '1500m' }), [asks({ cpu: '500m' })], null],
  ['what others have', asks({ cpu: '1501m' }), [asks({ cpu: '500m' })], '1 Insufficient cpu', FULL],
  [
    'a limit, which is a request too',
    pod({ containers: [{ name: 'c', resources: { limits: { cpu: 3 } } }] }),
    [],
    '1 Insufficient cpu',
  ],
  [
    'a claim',
    pod({ volumes: [{ name: 'v', persistentVolumeClaim: { claimName: 'data' } }] }),
    [],
    'persistentvolumeclaim "data" not found',
  ],
  [
    'a host port twice',
    pod({ containers: [{ name: 'c', ports: [{ containerPort: 80, hostPort: 80 }] }] }),
    [pod({ containers: [{ name: 'c', ports: [{ containerPort: 8080, hostPort: 80 }] }] })],
    "1 node(s) didn't have free ports for the requested pod ports",
    FULL,
  ],
  [
    'its like away',
    beside('podAntiAffinity', 'a'),
    [pod({})],
    "1 node(s) didn't match pod anti-affinity rules",
    FULL,
  ],
  [
    'to one that wants it away',
    pod({}),
    [beside('podAntiAffinity', 'a')],
    "1 node(s) didn't satisfy existing pods anti-affinity rules",
    FULL,
  ],
  ['a neighbour that is there', beside('podAffinity', 'b'), [pod({}, { app: 'b' })], null],
  ['a neighbour that is not', beside('podAffinity', 'b'), [], "1 node(s) didn't match pod affinity rules"],
  ['its own like, as the first', beside('podAffinity', 'a'), [], null],
  [
    'to be spread over zones',
    pod({ topologySpreadConstraints: [{ topologyKey: 'zone', whenUnsatisfiable: 'DoNotSchedule' }] }),
    [],
    "1 node(s) didn't match pod topology spread constraints (missing required label)",
  ],
])('a pod that wants %s', (_what, wanted, others, why, preemption = NEVER) => {
  const none = '0/1 nodes are available:';
  expect(unschedulable(wanted, others, node)).toBe(
    why && `${none} ${why}. no new claims to deallocate, preemption: ${none} 1 ${preemption}.`,
  );
});

it('counts sidecars as containers, and other init containers one at a time', () => {
  const of = (cpu: string, more: object = {}) => ({ name: 'c', resources: { requests: { cpu } }, ...more });
  const containers = [of('100m'), of('200m')];
  const inits = [of('1'), of('50m', { restartPolicy: 'Always' })];
  expect(podRequests(pod({ containers, initContainers: inits })).cpu).toBe(1);
  expect(podRequests(pod({ containers, initContainers: inits.slice(1) })).cpu).toBeCloseTo(0.35);
});

it.each([
  ['500m', 0.5],
  ['1.5', 1.5],
  ['64Mi', 64 * 2 ** 20],
  ['1e3', 1000],
  ['2E', 2e18],
  ['.5', 0.5],
  ['', null],
  ['1 Gi', null],
  ['1Gb', null],
])('reads the quantity %j', (text, value) => {
  expect(quantity(text)).toBe(value);
});
