import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { apply, remove } from '../../../src/kube/apply.ts';
import { hasIstioctl, hasKubectl, run } from '../../support/istioctl.ts';
import { type SandboxWorld, sandboxWorld } from '../../support/sandbox-world.ts';

// A sidecar's admin port and istiod's, as istioctl and a learner in the pod ask them.

let world: SandboxWorld;
beforeAll(async () => {
  world = await sandboxWorld();
}, 60_000);
afterEach(takeBack);
afterAll(() => world.end());

const CLIENT = 'deploy/client.mesh-network';
const istioctl = async (...args: string[]) => {
  const { out, err, exit } = await run('istioctl', world, args);
  return { said: `${out}${err}`, exit };
};
/** The words of a table, without the columns' width. */
const words = (text: string) => text.replace(/ +/g, ' ');

const REFUSED = {
  apiVersion: 'networking.istio.io/v1',
  kind: 'ServiceEntry',
  metadata: { name: 'half-a-label', namespace: 'mesh-network' },
  spec: {
    hosts: ['*data-zone.io'],
    ports: [{ number: 443, name: 'https', protocol: 'HTTPS' }],
    ...{ resolution: 'NONE', location: 'MESH_EXTERNAL' },
  },
};

function takeBack(): Promise<unknown> {
  const { kind, apiVersion, metadata } = REFUSED;
  return remove(world.kube, { kind, apiVersion, ...metadata });
}

describe.skipIf(!hasIstioctl)('istioctl proxy-config', () => {
  it.each([
    ['clusters', ['xds-grpc - - - STATIC', 'InboundPassthroughCluster - - - ORIGINAL_DST']],
    ['listeners', ['0.0.0.0 15006', '0.0.0.0 15021', '0.0.0.0 15090', '0.0.0.0 15001']],
    [
      'routes',
      ['80 catalog.mesh-network.svc.cluster.local:80 catalog.', 'InboundPassthroughCluster inbound|http|0 *'],
    ],
    [
      'endpoints',
      ['127.0.0.1:15000 HEALTHY OK prometheus_stats', 'unix://./etc/istio/proxy/XDS HEALTHY OK xds-grpc'],
    ],
    ['bootstrap', ['"id": "sidecar~10.244.']],
    ['secret', ['default Cert Chain ACTIVE true', 'ROOTCA CA ACTIVE true']],
    ['all', ['Istio Version: 1.31-dev', 'secret/ROOTCA', 'endpoint/127.0.0.1:15000 HEALTHY']],
  ])('%s shows the static part too', async (what, expected) => {
    const { said, exit } = await istioctl('pc', what, CLIENT);
    for (const each of expected) expect(words(said)).toContain(each);
    expect(exit).toBe(0);
  });

  it('ecds ends as it does where no filter was ever sent', async () => {
    const { said, exit } = await istioctl('pc', 'ecds', CLIENT);
    expect(said).toContain(
      'config dump has no configuration type type.googleapis.com/envoy.admin.v3.EcdsConfigDump',
    );
    expect(exit).toBe(1);
  });

  it('log changes a level, which decides what the proxy writes', async () => {
    const log = async () =>
      (await run('kubectl', world, ['-n', 'mesh-network', 'logs', 'deploy/client', '-c', 'istio-proxy'])).out;
    expect((await istioctl('pc', 'log', CLIENT, '--level', 'config:off,upstream:off')).said).toContain(
      '  config: off\n',
    );
    await apply(world.kube, REFUSED);
    expect(await log()).not.toContain('partial wildcards');
    await istioctl('pc', 'log', CLIENT, '--level', 'config:debug,upstream:warning');
    expect(await log()).toContain("the sandbox's proxy has no lines below the level warning");
    await takeBack();
    await apply(world.kube, REFUSED);
    expect(await log()).toContain('partial wildcards');
  });

  it('log refuses what is no level', async () => {
    const { said } = await istioctl('pc', 'log', CLIENT, '--level', 'silly');
    expect(said).toContain('unrecognized logging level: silly');
  });
});

describe.skipIf(!hasIstioctl)('istioctl', () => {
  it('version asks istiod and counts the sidecars', async () => {
    expect((await istioctl('version')).said).toContain(
      'control plane version: 1.31-dev\ndata plane version: 1.31-dev (1 proxies)\n',
    );
  });

  it('proxy-status says what a sidecar has taken, and what it refuses', async () => {
    const status = async () => words((await istioctl('ps', '-v', '1')).said).replaceAll(/ \(\d+m?s\)/g, '');
    expect(await status()).toMatch(
      /client-\S+\.mesh-network Kubernetes SYNCED IGNORED SYNCED SYNCED SYNCED istiod-/,
    );
    await apply(world.kube, REFUSED);
    expect(await status()).toMatch(
      /client-\S+\.mesh-network Kubernetes SYNCED IGNORED SYNCED ERROR SYNCED istiod-/,
    );
    expect((await istioctl('ps', '-o', 'json')).said).toContain(
      `"details": "Error adding/updating listener(s) 0.0.0.0_443: error adding listener '0.0.0.0:443': partial wildcards`,
    );
    await takeBack();
    expect(await status()).not.toContain('ERROR');
  });

  it("admin log tells the levels of istiod's log, sets them, and puts them back", async () => {
    const level = async (scope: string) => {
      const line = words((await istioctl('admin', 'log')).said).match(new RegExp(`^${scope} .*$`, 'm'));
      return line?.[0];
    };
    expect(await level('ads')).toBe('ads ads debugging info none');
    const set = ['admin', 'log', '--level', 'ads:debug', '--stack-trace-level', 'ads:error'];
    expect(await istioctl(...set)).toMatchObject({ exit: 0 });
    expect(await level('ads')).toBe('ads ads debugging debug error');
    expect((await istioctl('admin', 'log', '--level', 'nosuch:debug')).said).toContain('nosuch');
    await istioctl('admin', 'log', '--reset');
    expect(await level('ads')).toBe('ads ads debugging info none');
  });

  it.each([
    [['ps', CLIENT], 'no configuration in the binary form that this comparison needs'],
    [['ztunnel-config', 'workloads'], 'daemonsets.apps "ztunnel" not found in the "istio-system" namespace'],
    [['waypoint', 'list'], 'the server could not find the requested resource'],
  ])('%j, which is not there, is answered at once', async (args, expected) => {
    const { said, exit } = await istioctl(...args);
    expect(said).toContain(expected);
    expect(exit).toBe(1);
  });

  it.each([
    [['x', 'describe', 'service', 'catalog'], 'Service "catalog" has no Istio pods.  (1 pods in service).'],
    [['x', 'describe', 'pod', 'POD'], 'Workload mTLS mode: PERMISSIVE'],
    [['x', 'authz', 'check', 'POD'], 'ACTION   AuthorizationPolicy   RULES'],
    [['x', 'envoy-stats', 'POD'], 'listener_manager.lds.update_success: '],
    [
      ['x', 'envoy-stats', 'POD', '--type', 'clusters'],
      'outbound|80||catalog.mesh-network.svc.cluster.local::',
    ],
    [['x', 'internal-debug', 'syncz'], '"proxy_type": "sidecar"'],
    [['remote-clusters'], 'Kubernetes                synced'],
  ])('%j', async (args, expected) => {
    const { out } = await run('kubectl', world, ['get', 'pod', '-l', 'app=client', '-o', 'name']);
    const pod = out.trim().replace('pod/', '');
    const { said, exit } = await istioctl(...args.map(each => (each === 'POD' ? pod : each)));
    expect(said).toContain(expected);
    expect(exit).toBe(0);
  });
});

describe.skipIf(!hasIstioctl || !hasKubectl)('istioctl bug-report', () => {
  it('makes its archive', async () => {
    const where = ['--dir', join(world.state, 'report'), '--output-dir', world.state];
    const { said, exit } = await istioctl('bug-report', ...where, '--timeout', '30s');
    expect(said).toContain(`Creating an archive at ${world.state}/bug-report.tar.gz`);
    expect(exit).toBe(0);
  }, 60_000);
});

describe.skipIf(!hasKubectl)('curl in the pod', () => {
  const curl = async (container: string, ...args: string[]) => {
    const target = ['-n', 'mesh-network', 'exec', 'deploy/client', '-c', container];
    return (await run('kubectl', world, [...target, '--', 'curl', '-sS', ...args])).out;
  };

  it.each(['curl', 'istio-proxy'])('asks the admin port and the health ports from %s', async container => {
    expect(await curl(container, 'localhost:15000/ready')).toBe('LIVE\n');
    expect(await curl(container, '-w', '%{http_code}', 'localhost:15021/healthz/ready')).toBe('200');
    expect(await curl(container, '-w', '%{http_code}', 'localhost:15020/healthz/ready')).toBe('200');
    expect(await curl(container, 'localhost:15090/stats/prometheus')).toContain(
      'envoy_cluster_manager_cds_update_success ',
    );
    expect(await curl(container, '-X', 'POST', 'localhost:15000/logging')).toContain(
      'active loggers:\n  a2a: ',
    );
  });

  it('gets a part of a config_dump', async () => {
    const dump = await curl('curl', 'localhost:15000/config_dump?resource=dynamic_listeners&mask=name');
    const recorded = { configs: ['0.0.0.0_80', 'virtualOutbound', 'virtualInbound'] };
    expect(JSON.parse(dump)).toEqual({
      configs: recorded.configs.map(name => ({
        '@type': 'type.googleapis.com/envoy.admin.v3.ListenersConfigDump.DynamicListener',
        name,
      })),
    });
    const masked = JSON.parse(await curl('curl', 'localhost:15000/config_dump?mask=bootstrap')) as {
      configs: object[];
    };
    expect(masked.configs.map(each => Object.keys(each))).toEqual([['@type', 'bootstrap']]);
  });

  it('opens ports that the sandbox tells of', async () => {
    await curl('curl', 'localhost:15021/healthz/ready', 'http://istiod.istio-system:15014/version');
    const { body } = await world.kube.request('GET', '/listeners');
    const open = (body as { what: string }[]).map(each => each.what.replace(/-\w+-\w+,/, ','));
    expect(open).toContain('pod mesh-network/client, port 15021: for other pods only');
    expect(open).toContain('pod istio-system/istiod, port 15014: for other pods only');
  });

  it('does not reach the admin port of another pod, but its health port', async () => {
    const { out: ip } = await run('kubectl', world, [
      ...['get', 'pod', '-l', 'app=client', '-o', 'jsonpath={.items[0].status.podIP}'],
    ]);
    expect(await curl('istio-proxy', '-w', '%{http_code}', `${ip}:15000/ready`)).toBe('000');
    expect(await curl('istio-proxy', '-w', '%{http_code}', `${ip}:15021/healthz/ready`)).toBe('200');
  });
});
