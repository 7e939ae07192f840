import { createSecureServer } from 'node:http2';
import { createServer as createHttpsServer } from 'node:https';
import { rootCertificates, type TLSSocket } from 'node:tls';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import type { Cluster, CommonTlsContext } from '../../../../src/envoy/config.ts';
import type { UpstreamFailure } from '../../../../src/sandbox/data-plane/contract.ts';
import { ClusterManager } from '../../../../src/sandbox/data-plane/upstream/cluster-manager.ts';
import { type Certificates, makeCertificates } from '../../../../src/world/certificates.ts';
import { config, get, Loopback, ORIGINAL, staticCluster, text } from '../loopback.ts';

const API = 'api.safedata-zone.io';
const ROOTS = '/etc/ssl/certs/ca-certificates.crt';
const AUTO = {
  typed_extension_protocol_options: {
    'envoy.extensions.upstreams.http.v3.HttpProtocolOptions': {
      upstream_http_protocol_options: { auto_sni: true, auto_san_validation: true },
    },
  },
};
const AGAINST_SYSTEM: CommonTlsContext = {
  combined_validation_context: {
    default_validation_context: {},
    validation_context_sds_secret_config: { name: 'file-root:system' },
  },
};

let certificates: Certificates;
let network: Loopback;
let clusters: ClusterManager;
const files = new Map<string, string>();

beforeAll(async () => {
  certificates = await makeCertificates();
  network = new Loopback();
  const { server, ca } = certificates;
  const secure = createHttpsServer(
    { ...server, ca, requestCert: true, rejectUnauthorized: false },
    (request, response) => {
      const socket = request.socket as TLSSocket & { servername?: string | false };
      const subject = socket.getPeerCertificate().subject?.CN ?? null;
      response.end(JSON.stringify({ sni: socket.servername || '', client: subject }));
    },
  );
  await network.listen('10.0.0.1:443', secure);
  await network.serve('10.0.0.2:443', socket =>
    socket.once('data', () => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')),
  );
  await network.serve('10.0.0.3:443', () => {});
  const both = createSecureServer({ ...server, allowHTTP1: true }, (request, response) => {
    const { alpnProtocol } = (request.stream?.session?.socket ?? request.socket) as TLSSocket;
    response.end(JSON.stringify({ alpn: alpnProtocol }));
  });
  await network.listen('10.0.0.4:443', both as never);
});

afterAll(() => network.close());

beforeEach(() => {
  files.clear();
  files.set(ROOTS, certificates.ca);
  clusters = new ClusterManager({
    network,
    resolver: network,
    readFile: path => files.get(path) ?? null,
    podIp: '10.244.0.5',
    random: () => 0,
    now: Date.now,
  });
});

afterEach(() => clusters.close());

function tls(common: CommonTlsContext, more: { sni?: string } = {}): Partial<Cluster> {
  return {
    transport_socket: {
      name: 'envoy.transport_sockets.tls',
      typed_config: { ...more, common_tls_context: common },
    },
  };
}

async function call(
  parts: Partial<Cluster>,
  authority = API,
  at = '10.0.0.1:443',
  downstreamProtocol: 'http1' | 'http2' = 'http1',
) {
  clusters.update(config({ clusters: [staticCluster('c', [at], parts)] }));
  const stream = clusters.get('c')?.send(get('/', { authority }), {
    worker: 0,
    originalDestination: ORIGINAL,
    downstreamProtocol,
  });
  const outcome = await stream?.outcome;
  if (outcome?.kind === 'response') return JSON.parse(await text(outcome.response.body)) as object;
  return outcome?.failure as UpstreamFailure;
}

it('verifies against the roots of the container, with SNI and name from the request', async () => {
  expect(await call({ ...tls(AGAINST_SYSTEM), ...AUTO }, `${API}:80`)).toEqual({ sni: API, client: null });
  expect(await call({ ...tls(AGAINST_SYSTEM), ...AUTO }, API.toUpperCase())).toEqual({
    sni: API,
    client: null,
  });
});

it('refuses a certificate for somebody else', async () => {
  expect(await call({ ...tls(AGAINST_SYSTEM), ...AUTO }, 'other.example.com')).toMatchObject({
    flag: 'UF',
    reason: 'remote connection failure',
    transportFailure:
      'TLS_error:|268435581:SSL routines:OPENSSL_internal:CERTIFICATE_VERIFY_FAILED:verify cert failed: verify SAN list:TLS_error_end',
  });
});

it('asks for the names that a rule lists', async () => {
  const listing = (exact: string): CommonTlsContext => ({
    combined_validation_context: {
      default_validation_context: {
        match_typed_subject_alt_names: [{ san_type: 'DNS', matcher: { exact } }],
      },
      validation_context_sds_secret_config: { name: 'file-root:system' },
    },
  });
  expect(await call(tls(listing(API), { sni: API }))).toEqual({ sni: API, client: null });
  const failure = (await call(tls(listing('somebody.else')))) as UpstreamFailure;
  expect(failure.transportFailure).toMatch(
    /verify cert failed: SAN matcher, certificate SANs are \[api\.safedata-zone\.io, /,
  );
});

it('trusts nobody whom the roots do not know', async () => {
  files.set('/other.pem', rootCertificates[0] as string);
  const other: CommonTlsContext = {
    combined_validation_context: { validation_context_sds_secret_config: { name: 'file-root:/other.pem' } },
  };
  const failure = (await call({ ...tls(other), ...AUTO })) as UpstreamFailure;
  expect(failure.transportFailure).toContain(
    'depth 1: self signed certificate in certificate chain:TLS_error_end',
  );
  // The mesh's own roots (ISTIO_MUTUAL) know nobody outside.
  const mesh: CommonTlsContext = {
    tls_certificate_sds_secret_configs: [{ name: 'default' }],
    combined_validation_context: { validation_context_sds_secret_config: { name: 'ROOTCA' } },
  };
  expect((await call(tls(mesh))) as UpstreamFailure).toMatchObject({
    flag: 'UF',
    transportFailure: expect.stringContaining('CERTIFICATE_VERIFY_FAILED'),
  });
});

it('agrees in TLS on the protocol that it then speaks, where the cluster names none', async () => {
  const follows = {
    typed_extension_protocol_options: {
      'envoy.extensions.upstreams.http.v3.HttpProtocolOptions': { use_downstream_protocol_config: {} },
    },
  };
  const cluster = { ...tls(AGAINST_SYSTEM, { sni: API }), ...follows };
  expect(await call(cluster, API, '10.0.0.4:443', 'http2')).toEqual({ alpn: 'h2' });
  expect(await call(cluster, API, '10.0.0.4:443', 'http1')).toEqual({ alpn: 'http/1.1' });
});

it('takes any certificate where nothing is verified', async () => {
  files.clear();
  expect(await call({ ...tls({ validation_context: {} }), ...AUTO }, 'other.example.com')).toEqual({
    sni: 'other.example.com',
    client: null,
  });
});

it('shows the client certificate of tls mode MUTUAL', async () => {
  files.set('/etc/lab-certs/client.pem', certificates.client.cert);
  files.set('/etc/lab-certs/client.key', certificates.client.key);
  const mutual: CommonTlsContext = {
    ...AGAINST_SYSTEM,
    tls_certificate_sds_secret_configs: [
      { name: 'file-cert:/etc/lab-certs/client.pem~/etc/lab-certs/client.key' },
    ],
  };
  expect(await call({ ...tls(mutual), ...AUTO })).toEqual({ sni: API, client: 'client.mesh-network' });
});

it('keeps a cluster whose file is missing from serving: none is there, or the older one', () => {
  const mutual: CommonTlsContext = {
    ...AGAINST_SYSTEM,
    tls_certificate_sds_secret_configs: [{ name: 'file-cert:/no/client.pem~/no/client.key' }],
  };
  const update = (parts: Partial<Cluster>) => {
    clusters.update(config({ clusters: [staticCluster('c', ['10.0.0.1:443'], parts)] }));
    return clusters.get('c');
  };
  expect(update(tls(mutual))).toBeNull();
  const older = update({});
  expect(older).not.toBeNull();
  expect(update(tls(mutual))).toBe(older);
});

it('says wrong version number where plain text comes back', async () => {
  expect(await call({ ...tls(AGAINST_SYSTEM), ...AUTO }, API, '10.0.0.2:443')).toMatchObject({
    flag: 'UF',
    reason: 'remote connection failure',
    transportFailure: 'TLS_error:|268435703:SSL routines:OPENSSL_internal:WRONG_VERSION_NUMBER:TLS_error_end',
  });
});

it('gives up a handshake that nobody answers after connect_timeout', async () => {
  const failure = await call({ ...tls(AGAINST_SYSTEM), connect_timeout: '0.05s' }, API, '10.0.0.3:443');
  expect(failure).toMatchObject({ flag: 'UF', reason: 'connection timeout', transportFailure: '' });
});
