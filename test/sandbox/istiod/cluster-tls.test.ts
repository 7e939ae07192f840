import { describe, expect, it } from 'vitest';
import { API, entry, HTTP, Mesh } from './mesh.ts';

const CLUSTER = `outbound|80||${API}`;
const OPTIONS = 'envoy.extensions.upstreams.http.v3.HttpProtocolOptions';

function cluster(tls: string, more = '') {
  return new Mesh(`${entry(`${HTTP}${more}`)}
kind: DestinationRule
metadata: {name: api}
spec: {host: ${API}, trafficPolicy: {tls: {${tls}}}}`).cluster(CLUSTER);
}

const context = (c: ReturnType<typeof cluster>) => c?.transport_socket?.typed_config?.common_tls_context;
const auto = (c: ReturnType<typeof cluster>) =>
  c?.typed_extension_protocol_options?.[OPTIONS]?.upstream_http_protocol_options;

describe('TLS that the sidecar originates', () => {
  it('SIMPLE verifies against the system’s roots, with SNI and name from the Host', () => {
    const simple = cluster('mode: SIMPLE');
    expect(context(simple)?.combined_validation_context).toMatchObject({
      default_validation_context: {},
      validation_context_sds_secret_config: { name: 'file-root:system' },
    });
    expect(auto(simple)).toEqual({ auto_sni: true, auto_san_validation: true });
    expect(simple?.transport_socket?.typed_config?.sni).toBeUndefined();
  });

  it('with its own sni and names verifies those', () => {
    const named = cluster(
      'mode: SIMPLE, sni: x.example.com, subjectAltNames: [y.example.com], caCertificates: /ca.pem',
    );
    expect(named?.transport_socket?.typed_config?.sni).toBe('x.example.com');
    expect(context(named)?.combined_validation_context).toMatchObject({
      default_validation_context: { match_subject_alt_names: [{ exact: 'y.example.com' }] },
      validation_context_sds_secret_config: { name: 'file-root:/ca.pem' },
    });
    expect(auto(named)).toBeUndefined();
  });

  it('with an own sni alone verifies no name at all', () => {
    expect(auto(cluster('mode: SIMPLE, sni: x.example.com'))).toBeUndefined();
  });

  it('takes the names that the ServiceEntry has', () => {
    const named = cluster('mode: SIMPLE', ', subjectAltNames: [z.example.com]');
    expect(
      context(named)?.combined_validation_context?.default_validation_context?.match_subject_alt_names,
    ).toEqual([{ exact: 'z.example.com' }]);
    expect(auto(named)).toEqual({ auto_sni: true, auto_san_validation: true });
  });

  it('with insecureSkipVerify verifies nothing', () => {
    const insecure = cluster('mode: SIMPLE, insecureSkipVerify: true');
    expect(context(insecure)?.validation_context).toEqual({});
    expect(auto(insecure)).toEqual({ auto_sni: true });
  });

  it('MUTUAL shows the certificate from the files', () => {
    const mutual = cluster('mode: MUTUAL, clientCertificate: /c.pem, privateKey: /k.pem');
    expect(context(mutual)?.tls_certificate_sds_secret_configs).toMatchObject([
      { name: 'file-cert:/c.pem~/k.pem' },
    ]);
  });

  it('ISTIO_MUTUAL shows the mesh’s own certificate, to the outside too', () => {
    const mesh = cluster('mode: ISTIO_MUTUAL');
    expect(context(mesh)).toMatchObject({
      alpn_protocols: ['istio'],
      tls_certificate_sds_secret_configs: [{ name: 'default' }],
      combined_validation_context: { validation_context_sds_secret_config: { name: 'ROOTCA' } },
    });
    expect(mesh?.transport_socket?.typed_config?.sni).toBe(`outbound_.80_._.${API}`);
  });

  it('with a credentialName is none: sidecars do not read secrets', () => {
    const credential = cluster('mode: SIMPLE, credentialName: secret');
    expect(credential?.transport_socket).toBeUndefined();
    expect(auto(credential)).toBeUndefined();
  });

  it('DISABLE turns off what would be tried between sidecars', () => {
    const catalog = 'outbound|80||catalog.mesh-network.svc.cluster.local';
    expect(new Mesh('').cluster(catalog)?.transport_socket_matches).toHaveLength(2);
    const off = new Mesh(`
kind: DestinationRule
metadata: {name: c}
spec: {host: catalog, trafficPolicy: {tls: {mode: DISABLE}}}`);
    expect(off.cluster(catalog)?.transport_socket_matches).toBeUndefined();
  });
});
