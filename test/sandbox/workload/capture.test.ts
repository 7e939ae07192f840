import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Resource } from '../../../src/istio/resource.ts';
import { checkAnnotations } from '../../../src/sandbox/workload/admission/annotation-rules.ts';
import { capturesOf } from '../../../src/sandbox/workload/capture.ts';
import { labWorld, names, type TestWorld } from './world.ts';

const CAPTURE = 'traffic.sidecar.istio.io/';
const own = '10.244.9.9';
const captured = (annotations: Record<string, string>, ...to: string[]) => {
  const prefixed = Object.fromEntries(
    Object.entries(annotations).map(([name, value]) => [name.includes('/') ? name : CAPTURE + name, value]),
  );
  const captures = capturesOf(prefixed, own);
  return to.map(each => captures({ ip: each.split(':')[0] ?? '', port: Number(each.split(':')[1]) }));
};

describe('what iptables hand to the sidecar', () => {
  it.each([
    [{}, [true, true, true]],
    [{ excludeOutboundPorts: '80, 443' }, [false, false, true]],
    [{ excludeOutboundIPRanges: '10.96.0.0/16' }, [false, true, true]],
    [{ excludeOutboundIPRanges: '0.0.0.0/0', includeOutboundPorts: '80' }, [false, false, false]],
    [{ includeOutboundIPRanges: '10.97.0.0/16,1.1.1.1/32' }, [false, true, true]],
    [{ includeOutboundIPRanges: '' }, [false, false, false]],
    [{ includeOutboundIPRanges: '', includeOutboundPorts: '8443,80' }, [true, false, true]],
    [{ includeOutboundPorts: '80', excludeOutboundPorts: '80' }, [false, true, true]],
    [{ 'sidecar.istio.io/interceptionMode': 'NONE' }, [false, false, false]],
    [{ 'sidecar.istio.io/interceptionMode': 'TPROXY' }, [true, true, true]],
  ])('%j', (annotations, expected) => {
    expect(
      captured(annotations as Record<string, string>, '10.96.1.2:80', '10.97.1.2:443', '1.1.1.1:8443'),
    ).toEqual(expected);
  });

  it('is never what stays in the pod', () => {
    expect(captured({ includeOutboundPorts: '80' }, '127.0.0.1:80', `${own}:80`)).toEqual([false, false]);
  });
});

it.each([
  [
    'excludeOutboundPorts',
    'http',
    `excludeOutboundPorts invalid: failed parsing port 'http': failed parsing port 'http': strconv.ParseUint: parsing "http": invalid syntax`,
  ],
  [
    'excludeOutboundPorts',
    '80,70000',
    `excludeOutboundPorts invalid: failed parsing port '70000': failed parsing port '70000': strconv.ParseUint: parsing "70000": value out of range`,
  ],
  [
    'excludeOutboundIPRanges',
    '*',
    `excludeIPRanges invalid: failed parsing cidr '*': netip.ParsePrefix("*"): no '/'`,
  ],
  [
    'includeOutboundIPRanges',
    '10.0.0.0/8,10.0.0/8',
    `includeIPRanges invalid: failed parsing cidr '10.0.0/8': netip.ParsePrefix("10.0.0/8"): ParseAddr("10.0.0"): IPv4 address too short`,
  ],
  [
    'includeOutboundIPRanges',
    '10.0.0.0/33',
    `includeIPRanges invalid: failed parsing cidr '10.0.0.0/33': netip.ParsePrefix("10.0.0.0/33"): prefix length out of range`,
  ],
  ['kubevirtInterfaces', 'net 1', 'interface name "net 1" contains invalid characters'],
])('%s: %s is refused as the injector does', (name, value, why) => {
  const annotation = CAPTURE + name;
  expect(() => checkAnnotations({ [annotation]: value, other: 'x' })).toThrow(
    `1 error occurred:\n\t* invalid value '${value}' for annotation '${annotation}': ${why}\n\n`,
  );
});

describe('a client whose pod is annotated', () => {
  let world: TestWorld;
  beforeAll(async () => {
    world = await labWorld();
  });
  afterAll(() => world.close());

  const annotate = (annotations: Record<string, string>) => {
    const client = world.store.get('deployments.apps', names.mesh, 'client') as unknown as Resource<{
      template: { metadata: object; spec: object };
    }>;
    const { resourceVersion: _, ...metadata } = client.metadata;
    const template = client.spec?.template ?? { metadata: {}, spec: {} };
    return world.apply({
      ...client,
      metadata,
      spec: { ...client.spec, template: { ...template, metadata: { ...template.metadata, annotations } } },
    } as Resource);
  };
  const call = async () => {
    const pod = await world.pod(names.mesh, 'client');
    const target = { namespace: names.mesh, pod, container: 'curl' };
    const { stdout } = await world.exec(target, [
      'curl',
      '-sS',
      '-o',
      '/dev/null',
      '-w',
      '%{http_code}',
      'http://catalog/',
    ]);
    const log = await world.log({ ...target, container: 'istio-proxy' });
    return { stdout, logged: log.filter(line => line.includes('[now]')).length };
  };

  it('goes past its sidecar on an excluded port, and says nothing of it', async () => {
    expect(await call()).toEqual({ stdout: '200', logged: 1 });
    expect(annotate({ [`${CAPTURE}excludeOutboundPorts`]: '80' })).toEqual([]);
    const clients = () =>
      world.store.list('pods', names.mesh).filter(each => each.metadata.labels?.app === 'client');
    await world.until(
      () => clients().length === 1 && clients()[0]?.metadata.annotations?.[`${CAPTURE}excludeOutboundPorts`],
    );
    const pod = await world.pod(names.mesh, 'client');
    expect(await call()).toEqual({ stdout: '200', logged: 0 });
    const init = world.store.get('pods', names.mesh, pod) as unknown as Resource<{
      initContainers: { args: string[] }[];
    }>;
    expect(init.spec?.initContainers[0]?.args.join(' ')).toContain(
      ' -i * -x  -b * -d 15090,15021,15020 -o 80 ',
    );
  });

  it('is not made where the value is none, and the ReplicaSet tells why', async () => {
    annotate({ [`${CAPTURE}excludeOutboundPorts`]: 'http' });
    const event = await world.until(() =>
      world.store.list('events', names.mesh).find(each => each.reason === 'FailedCreate'),
    );
    expect(event.message).toMatch(
      /^Error creating: admission webhook "namespace.sidecar-injector.istio.io" denied the request: failed to run injection template: 1 error occurred:\n\t\* invalid value 'http' for annotation/,
    );
  });

  it.each<[Record<string, string>, string[]]>([
    [{ [`${CAPTURE}excludeInboundPorts`]: '1' }, [`annotations[${CAPTURE}excludeInboundPorts]`]],
    [
      { 'sidecar.istio.io/extraStatTags': 'a', 'sidecar.istio.io/nativeSidecar': 'true' },
      ['annotations[sidecar.istio.io/extraStatTags]'],
    ],
    [
      { 'proxy.istio.io/config': 'concurrency: 4\ntracing: {sampling: 100}\nterminationDrainDuration: 1s' },
      ['annotations[proxy.istio.io/config].concurrency', 'annotations[proxy.istio.io/config].tracing'],
    ],
    [{ 'proxy.istio.io/config': '{"concurrency": 2}' }, []],
    [{ 'prometheus.io/scrape': 'true' }, []],
  ])('Warns of %j', (annotations, paths) => {
    expect(annotate(annotations)).toEqual(
      paths.map(
        path => `spec.template.metadata.${path}: the sandbox does not model this; see docs/sandbox.md`,
      ),
    );
  });

  it('Warns of ambient mode and of what steers Services', () => {
    const labels = { 'istio.io/dataplane-mode': 'ambient' };
    expect(world.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'amb', labels } })).toEqual([
      'metadata.labels[istio.io/dataplane-mode]: the sandbox does not model this; see docs/sandbox.md',
    ]);
    const annotations = { 'networking.istio.io/traffic-distribution': 'PreferClose' };
    const metadata = { name: 's', namespace: 'amb', annotations };
    const spec = { ports: [{ port: 80 }] };
    expect(world.apply({ apiVersion: 'v1', kind: 'Service', metadata, spec })).toEqual([
      'metadata.annotations[networking.istio.io/traffic-distribution]: the sandbox does not model this; see docs/sandbox.md',
    ]);
  });
});
