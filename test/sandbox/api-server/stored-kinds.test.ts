import { describe, expect, it } from 'vitest';
import { storedAdmission } from '../../../src/sandbox/api-server/stored-kinds.ts';
import { UNMODELLED } from '../../../src/sandbox/api-server/unmodelled-kinds.ts';
import { bareApi } from '../../support/bare-api.ts';

// What a candidate may write down although nothing in the sandbox acts on it.

const { app } = bareApi([storedAdmission]);
const TABLE = 'application/json;as=Table;v=v1;g=meta.k8s.io';

async function send(method: string, path: string, body?: object, accept = 'application/json') {
  const headers = { authorization: 'Bearer t', 'content-type': 'application/json', accept };
  const response = await app.request(path, { method, headers, ...(body && { body: JSON.stringify(body) }) });
  return {
    status: response.status,
    warning: response.headers.get('warning'),
    body: (await response.json()) as Record<string, unknown>,
  };
}

const pathOf = ({ group, versions: [version] = ['v1'], plural, namespaced }: (typeof UNMODELLED)[number]) =>
  `${group === '' ? '/api/v1' : `/apis/${group}/${version}`}${namespaced === false ? '' : '/namespaces/x'}/${plural}`;
const named = UNMODELLED.map(each => [each.kind, each] as const);
const stored = named.filter(([, each]) => each.stored);

const PODS = { containers: [{ name: 'c', image: 'i' }] };
const WRITTEN: Readonly<Record<string, object>> = {
  Ingress: {
    spec: {
      rules: [{ host: 'a.example', http: { paths: [{ path: '/', pathType: 'Prefix', backend: {} }] } }],
    },
  },
  IngressClass: { spec: { controller: 'a.example/c' } },
  LimitRange: { spec: { limits: [{ type: 'Container', max: { cpu: '1' } }] } },
  NetworkPolicy: { spec: { podSelector: { matchLabels: { a: 'b' } }, egress: [{}] } },
  PersistentVolume: { spec: { capacity: { storage: '1Gi' }, accessModes: ['ReadWriteOnce'] } },
  PersistentVolumeClaim: {
    spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
  },
  PodDisruptionBudget: { spec: { minAvailable: 1 } },
  PodTemplate: { template: { metadata: { labels: { a: 'b' } }, spec: PODS } },
  PriorityClass: { value: 5 },
  ResourceQuota: { spec: { hard: { pods: '2' } } },
  StorageClass: { provisioner: 'a.example/p' },
};
const ROWS: Readonly<Record<string, string>> = {
  Ingress: 'x <none> a.example 80 AGE',
  IngressClass: 'x a.example/c <none> AGE',
  LimitRange: 'x TIME',
  NetworkPolicy: 'x a=b AGE',
  PersistentVolume: 'x 1Gi RWO Retain Pending <unset> AGE',
  PersistentVolumeClaim: 'x Pending <unset> AGE',
  PodDisruptionBudget: 'x 1 N/A 0 AGE',
  PodTemplate: 'x c i a=b',
  PriorityClass: 'x 5 false AGE PreemptLowerPriority',
  ResourceQuota: 'x AGE',
  StorageClass: 'x a.example/p Delete Immediate false AGE',
};

describe('a kind that is stored', () => {
  it.each(stored)(
    '%s is taken with a Warning, shown as a cluster shows it, and deleted',
    async (kind, each) => {
      const made = await send('POST', pathOf(each), { metadata: { name: 'x' }, ...WRITTEN[kind] });
      expect([made.status, made.warning]).toEqual([
        201,
        `299 - "stored; has no effect in the sandbox: ${each.why}"`,
      ]);
      const { body } = await send('GET', `${pathOf(each)}/x`, undefined, TABLE);
      const [row] = body.rows as { cells: unknown[] }[];
      const columnDefinitions = body.columnDefinitions as { priority: number }[];
      const cells = (row?.cells ?? []).filter((_, at) => columnDefinitions[at]?.priority === 0);
      const text = cells.filter(cell => cell !== '').join(' ');
      expect(text.replace(/ \d+s\b/, ' AGE').replace(/\d{4}-\S+Z/, 'TIME')).toBe(ROWS[kind]);
      expect((await send('DELETE', `${pathOf(each)}/x`)).status).toBe(200);
      expect((await send('GET', `${pathOf(each)}/x`)).status).toBe(404);
    },
  );

  it.each([
    [
      'Ingress',
      { spec: { rules: [{ http: { paths: [{ path: '/' }] } }] } },
      'spec.rules[0].http.paths[0].pathType: Required value: pathType must be specified',
    ],
    [
      'PodDisruptionBudget',
      { spec: { minAvailable: 1, maxUnavailable: 1 } },
      'minAvailable and maxUnavailable cannot be both set',
    ],
    [
      'PersistentVolumeClaim',
      { spec: {} },
      'spec.accessModes: Required value: at least 1 access mode is required',
    ],
    ['PriorityClass', { value: 2e9 }, 'value: Forbidden: maximum allowed value of a user defined priority'],
    ['StorageClass', {}, 'provisioner: Required value'],
    ['NetworkPolicy', { spec: { podSelector: 'all' } }, 'cannot unmarshal string into Go struct field'],
  ])('%s is refused when it is wrong: %#', async (kind, wrong, why) => {
    const [, each] = named.find(([name]) => name === kind) ?? [];
    const path = pathOf(each as (typeof UNMODELLED)[number]);
    const { body } = await send('POST', path, { metadata: { name: 'x' }, ...wrong });
    expect(body.message).toContain(why);
  });
});
