import { describe, expect, it } from 'vitest';
import { bareApi } from '../../support/bare-api.ts';

// What an API server says of a pod that cannot be meant: Kubernetes' words, whoever holds the pod.

const { app } = bareApi();

async function refusal(path: string, object: object): Promise<string> {
  const response = await app.request(path, {
    method: 'POST',
    headers: { authorization: 'Bearer t', 'content-type': 'application/json' },
    body: JSON.stringify({ metadata: { name: 'p' }, ...object }),
  });
  return ((await response.json()) as { message?: string }).message ?? '';
}

const ofPod = (spec: object) => refusal('/api/v1/namespaces/x/pods', { spec });
const ofContainer = (container: object, more: object = {}) =>
  ofPod({ containers: [{ name: 'c', image: 'i', ...container }], ...more });
const C = 'spec.containers[0]';
const is = (why: string) => `Pod "p" is invalid: ${why}`;
const probe = (readinessProbe: object) => ({ readinessProbe });
const LABEL = `a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name', or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')`;

describe('a container', () => {
  it.each([
    [
      'port out of range',
      { ports: [{ containerPort: 70_000 }] },
      `${C}.ports[0].containerPort: Invalid value: 70000: must be between 1 and 65535, inclusive`,
    ],
    ['no port at all', { ports: [{ name: 'a' }] }, `${C}.ports[0].containerPort: Required value`],
    [
      'a protocol of its own',
      { ports: [{ containerPort: 1, protocol: 'HTTP' }] },
      `${C}.ports[0].protocol: Unsupported value: "HTTP": supported values: "SCTP", "TCP", "UDP"`,
    ],
    [
      'a port name without a letter',
      { ports: [{ containerPort: 1, name: '80' }] },
      `${C}.ports[0].name: Invalid value: "80": must contain at least one letter (a-z)`,
    ],
    [
      'two ports of one name',
      {
        ports: [
          { containerPort: 1, name: 'a' },
          { containerPort: 2, name: 'a' },
        ],
      },
      `${C}.ports[1].name: Duplicate value: "a"`,
    ],
    ['a name that is no label', { name: 'My_C' }, `${C}.name: Invalid value: "My_C": ${LABEL}`],
    [
      'a variable with =',
      { env: [{ name: 'a=b' }] },
      `${C}.env[0].name: Invalid value: "a=b": a valid environment variable name must consist only of printable ASCII characters other than '='`,
    ],
    [
      'an unknown pull policy',
      { imagePullPolicy: 'Sometimes' },
      `${C}.imagePullPolicy: Unsupported value: "Sometimes": supported values: "Always", "IfNotPresent", "Never"`,
    ],
    [
      'requests above limits',
      { resources: { requests: { cpu: '2000m' }, limits: { cpu: '1' } } },
      `${C}.resources.requests: Invalid value: "2": must be less than or equal to cpu limit of 1`,
    ],
    [
      'requests above limits in other units',
      { resources: { requests: { memory: '2048Mi' }, limits: { memory: '1500M' } } },
      `${C}.resources.requests: Invalid value: "2Gi": must be less than or equal to memory limit of 1500M`,
    ],
    [
      'less than nothing',
      { resources: { limits: { cpu: '-1' } } },
      `${C}.resources.limits[cpu]: Invalid value: "-1": must be greater than or equal to 0`,
    ],
    ['a probe of nothing', probe({}), `${C}.readinessProbe: Required value: must specify a handler type`],
    [
      'a probe of two things',
      probe({ httpGet: { port: 1 }, tcpSocket: { port: 1 } }),
      `${C}.readinessProbe.tcpSocket: Forbidden: may not specify more than 1 handler type`,
    ],
    [
      'a probe of no port',
      probe({ httpGet: { path: '/' } }),
      `${C}.readinessProbe.httpGet.port: Invalid value: 0: must be between 1 and 65535, inclusive`,
    ],
    ['a probe of nothing to run', probe({ exec: {} }), `${C}.readinessProbe.exec.command: Required value`],
    [
      'a probe that waits less than nothing',
      probe({ exec: { command: ['a'] }, periodSeconds: -1 }),
      `${C}.readinessProbe.periodSeconds: Invalid value: -1: must be greater than or equal to 0`,
    ],
    [
      'a liveness probe that wants two successes',
      { livenessProbe: { tcpSocket: { port: 'http' }, successThreshold: 2 } },
      `${C}.livenessProbe.successThreshold: Invalid value: 2: must be 1`,
    ],
    [
      'a mount of no volume',
      { volumeMounts: [{ name: 'v', mountPath: '/v' }] },
      `${C}.volumeMounts[0].name: Not found: "v"`,
    ],
  ])('with %s is refused', async (_, container, why) => {
    expect(await ofContainer(container)).toBe(is(why));
  });

  it('mounts each volume somewhere, and nowhere twice', async () => {
    const volumes = [{ name: 'v', emptyDir: {} }];
    const mounts = (...places: string[]) => ({
      volumeMounts: places.map(mountPath => ({ name: 'v', ...(mountPath && { mountPath }) })),
    });
    expect(await ofContainer(mounts(''), { volumes })).toBe(
      is(`${C}.volumeMounts[0].mountPath: Required value`),
    );
    expect(await ofContainer(mounts('/v', '/v'), { volumes })).toBe(
      is(`${C}.volumeMounts[1].mountPath: Invalid value: "/v": must be unique`),
    );
    expect(await ofContainer(mounts('/v', '/w'), { volumes })).toBe('');
  });

  it('has quantities that can be read', async () => {
    expect(await ofContainer({ resources: { requests: { cpu: 'much' } } })).toBe(
      `Pod in version "v1" cannot be handled as a Pod: quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'`,
    );
  });
});

describe('a pod', () => {
  const c = (name: string, more: object = {}) => ({ name, image: 'i', ...more });
  it.each([
    [
      'two containers of one name',
      { containers: [c('a'), c('a')] },
      'spec.containers[1].name: Duplicate value: "a"',
    ],
    [
      'an init container of that name',
      { containers: [c('a')], initContainers: [c('a')] },
      'spec.initContainers[0].name: Duplicate value: "a"',
    ],
    [
      'an init container that is probed',
      { containers: [c('a')], initContainers: [c('b', probe({ tcpSocket: { port: 1 } }))] },
      'spec.initContainers[0].readinessProbe: Forbidden: may not be set for init containers without restartPolicy=Always',
    ],
    [
      'two volumes of one name',
      { containers: [c('a')], volumes: [{ name: 'v' }, { name: 'v' }] },
      'spec.volumes[1].name: Duplicate value: "v"',
    ],
    [
      'a restart policy of its own',
      { containers: [c('a')], restartPolicy: 'Sometimes' },
      'spec.restartPolicy: Unsupported value: "Sometimes": supported values: "Always", "OnFailure", "Never"',
    ],
    [
      'a DNS policy of its own',
      { containers: [c('a')], dnsPolicy: 'Mine' },
      'spec.dnsPolicy: Unsupported value: "Mine": supported values: "ClusterFirstWithHostNet", "ClusterFirst", "Default", "None"',
    ],
  ])('with %s is refused', async (_, spec, why) => {
    expect(await ofPod(spec)).toBe(is(why));
  });

  it('may end for itself, and not for a Deployment', async () => {
    const spec = { containers: [c('a')], restartPolicy: 'Never' };
    expect(await refusal('/api/v1/namespaces/x/pods', { metadata: { name: 'ends' }, spec })).toBe('');
    const deployment = {
      spec: { selector: { matchLabels: { a: 'b' } }, template: { metadata: { labels: { a: 'b' } }, spec } },
    };
    expect(await refusal('/apis/apps/v1/namespaces/x/deployments', deployment)).toBe(
      'Deployment.apps "p" is invalid: spec.template.spec.restartPolicy: Unsupported value: "Never": supported values: "Always"',
    );
  });

  it('is held to the same rules in a template', async () => {
    const spec = { containers: [c('a', { ports: [{ containerPort: -1 }] })] };
    const template = { metadata: { labels: { a: 'b' } }, spec };
    const deployment = { spec: { selector: { matchLabels: { a: 'b' } }, template } };
    expect(await refusal('/apis/apps/v1/namespaces/x/deployments', deployment)).toContain(
      'spec.template.spec.containers[0].ports[0].containerPort: Invalid value: -1: must be between',
    );
  });
});
