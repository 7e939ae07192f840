import { describe, expect, it } from 'vitest';
import { drawWalk, plainText } from '../../src/probe/draw-walk.ts';
import { walk, walkOfAnswer } from '../../src/probe/walk.ts';
import { recorded } from './recorded.ts';

// What a learner sees of typical calls, in the 76 columns of a terminal of 80.
const all = new Map(recorded().map(one => [one.name, one.evidence]));

function drawn(name: string, ascii = false, columns = 76): string {
  const evidence = all.get(name);
  if (evidence === undefined) throw new Error(`no recording ${name}`);
  return `\n${plainText(drawWalk(walk(evidence), { columns, ascii }))}\n`;
}

describe('a walk as text', () => {
  it('passes through a sidecar that knows nothing', () => {
    expect(drawn('none#1')).toMatchInlineSnapshot(`
      "
      app ━━━▶ sidecar ┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄▶ cluster ┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄▶ API stable
      https    bytes                         PassthroughCluster         sees https
                                             10.0.0.9:8443              /v2/data
      by       nobody: it knows no           carried, and not governed
               api.safedata-zone.io
      wire     TLS(app)                      TLS(app)
      log   0 -  PassthroughCluster
      api   stable: GET /v2/data, https, 200

      API stable answered 200. The sidecar let the call through without knowing
      the host: PassthroughCluster takes what no configuration names.
      "
    `);
  });

  it('ends at the app when there is no name', () => {
    expect(drawn('none#5')).toMatchInlineSnapshot(`
      "
      ✗ app ──── sidecar ──── cluster ──── API
      http
      exit 6
      api   nothing arrived

      The host's name could not be resolved, so nothing was sent. The sidecar saw
      nothing of it.
      "
    `);
  });

  it('goes by SNI', () => {
    expect(drawn('article-1#1')).toMatchInlineSnapshot(`
      "
      app ━━━▶ sidecar ━━━━━▶ cluster ━━━━━━━━━━━━━━━━━━━━━━━━━━▶ API stable
      https    TLS            outbound|443||api.safedata-zone.io  sees https
               chosen by SNI  10.0.0.9:8443                       /v2/data
      wire     TLS(app)       TLS(app)
      log   0 -  outbound|443||api.safedata-zone.io
      api   stable: GET /v2/data, https, 200

      API stable answered 200. The sidecar knows this host: it chose the cluster
      by the server name in the TLS hello, and passed the encrypted bytes on.
      "
    `);
  });

  it('breaks on TLS in TLS', () => {
    expect(drawn('article-12#1')).toMatchInlineSnapshot(`
      "
      app ━━━▶ sidecar ━━━━━▶ cluster ━━━━━━━━━━━━━━━━━━━━━━━━━━✗ API
      https    TLS            outbound|443||api.safedata-zone.io  no TLS came back
               chosen by SNI  10.0.0.9:8443
      wire     TLS(app)                                           answers in clear
      log   0 -  outbound|443||api.safedata-zone.io
      api   no request that it could read

      The app's TLS was carried to the API, and what came back was not TLS. That
      is how TLS in TLS looks: a DestinationRule has the sidecar open TLS of its
      own, around the TLS that the app has opened already. One layer too many.
      "
    `);
  });

  it('breaks on TLS in TLS, in ASCII', () => {
    expect(drawn('article-12#1', true)).toMatchInlineSnapshot(`
      "
      app ===> sidecar =====> cluster ==========================x API
      https    TLS            outbound|443||api.safedata-zone.io  no TLS came back
               chosen by SNI  10.0.0.9:8443
      wire     TLS(app)                                           answers in clear
      log   0 -  outbound|443||api.safedata-zone.io
      api   no request that it could read

      The app's TLS was carried to the API, and what came back was not TLS. That
      is how TLS in TLS looks: a DestinationRule has the sidecar open TLS of its
      own, around the TLS that the app has opened already. One layer too many.
      "
    `);
  });

  it('is carried over TLS and rewritten', () => {
    expect(drawn('article-123#2')).toMatchInlineSnapshot(`
      "
      app ━━━▶ sidecar ━━━▶ cluster ━━━━━━━━━━━━━━━━━━━━━━━━━━▶ API stable
      http     HTTP         outbound|443||api.safedata-zone.io  sees https
                            10.0.0.9:8443                       /data
      wire     clear text   TLS(sidecar)
      log   200 -  outbound|443||api.safedata-zone.io
      api   stable: GET /data, https, 200

      API stable answered 200. The sidecar read the request as HTTP, chose its
      route, and opened TLS to the API itself. /v2/data arrived as /data.
      "
    `);
  });

  it('finds no route', () => {
    expect(drawn('article-123#3')).toMatchInlineSnapshot(`
      "
      app ━━━✗ sidecar ───────── cluster ──── API
      http     HTTP
               no route matches
      log   404 NR  -  route_not_found
      api   nothing arrived

      This 404 is the sidecar's own. The host is known, but none of its routes
      matches this request.
      "
    `);
  });

  it('finds no cluster, in ASCII', () => {
    expect(drawn('article-mirror-only#2', true)).toMatchInlineSnapshot(`
      "
      app ===> sidecar ===x cluster -------- API
      http     HTTP         no such cluster
      log   503 NC  -  cluster_not_found
      api   nothing arrived

      This 503 is the sidecar's own. The route names a cluster that this sidecar
      does not have; most often a subset that no DestinationRule declares.
      "
    `);
  });

  it('meets a full pool', () => {
    expect(drawn('dr-pool-overflow#1')).toMatchInlineSnapshot(`
      "
      app ━━━━▶ sidecar ┳━━ 7 ━✗ 503 UO      connection pool full
      10 calls  HTTP    ┗━━ 3 ━▶ API stable  ███████▎
      http
      to    outbound|80||api.safedata-zone.io
      log   7 x 503 UO  outbound|80||api.safedata-zone.io  upstream_reset_before_…
            3 x 200 -  outbound|80||api.safedata-zone.io
      api   3 x stable: GET /delay/1, http, 200

      7 of 10 calls failed. The first of them: This 503 is the sidecar's own. The
      cluster's connection pool is full, so the sidecar refused the call at once.
      "
    `);
  });

  it('is refused by the registry', () => {
    expect(drawn('registry-only-none#1')).toMatchInlineSnapshot(`
      "
      app ━━━✗ sidecar ──────────── cluster ──── API
      https    bytes
               not in the registry
      wire     TLS(app)
      log   0 UH  BlackHoleCluster
      api   nothing arrived

      The sidecar closed the connection: it knows no service for this address and
      port, and outboundTrafficPolicy is REGISTRY_ONLY. BlackHoleCluster is where
      such calls end.
      "
    `);
  });

  it('fails on a name in a certificate', () => {
    expect(drawn('dr-wrong-san#1')).toMatchInlineSnapshot(`
      "
      app ━━━▶ sidecar ━━━▶ cluster ━━━━━━━━━━━━━━━━━━━━━━━━━✗ API
      http     HTTP         outbound|80||api.safedata-zone.io  wrong name in
                                                               certificate
      log   503 URX,UF  outbound|80||api.safedata-zone.io  upstream_reset_before_…
      api   nothing arrived

      This 503 is the sidecar's own. The API's certificate is not for the name
      that the sidecar was told to expect (subject alternative name). All attempts
      that are allowed were used up.
      "
    `);
  });

  it('is tried again', () => {
    expect(drawn('vs-retries-5xx#1')).toMatchInlineSnapshot(`
      "
      app ━━━▶ sidecar ━━━▶ cluster ━━━━━━━━━━━━━━━━━━━━━━━━━✗ API stable
      http     HTTP         outbound|80||api.safedata-zone.io  sees http
                            10.0.0.9:8443                      answered 503
      log   503 URX  outbound|80||api.safedata-zone.io
      api   4 x stable: GET /status/503, http, 503

      The API itself answered 503. All attempts that are allowed were used up. In
      all the API was asked 4 times.
      "
    `);
  });

  it('is split', () => {
    expect(drawn('vs-weights-90-10#1')).toMatchInlineSnapshot(`
      "
      app ━━━━━▶ sidecar ┳━━ 175 ━▶ outbound|80|stable|  API stable  ███████████▍
      200 calls  HTTP    ┗━━  25 ━▶ outbound|80|canary|  API canary  █▋
      http
      to    api.safedata-zone.io
      log   175 x 200 -  outbound|80|stable|api.safedata-zone.io
            25 x 200 -  outbound|80|canary|api.safedata-zone.io
      api   175 x stable: GET /v2/data, http, 200
            25 x canary: GET /v2/data, http, 200

      All 200 calls went well. The first: API stable answered 200. The sidecar
      read the request as HTTP and chose its route.
      "
    `);
  });

  it('is split, in ASCII', () => {
    expect(drawn('vs-weights-90-10#1', true)).toMatchInlineSnapshot(`
      "
      app =====> sidecar +== 175 => outbound|80|stable|  API stable  ###########
      200 calls  HTTP    +==  25 => outbound|80|canary|  API canary  ##
      http
      to    api.safedata-zone.io
      log   175 x 200 -  outbound|80|stable|api.safedata-zone.io
            25 x 200 -  outbound|80|canary|api.safedata-zone.io
      api   175 x stable: GET /v2/data, http, 200
            25 x canary: GET /v2/data, http, 200

      All 200 calls went well. The first: API stable answered 200. The sidecar
      read the request as HTTP and chose its route.
      "
    `);
  });

  it('is mirrored', () => {
    expect(drawn('vs-mirror-10#1')).toMatchInlineSnapshot(`
      "
      app ━━━━━▶ sidecar ┳━━ 200 ━▶ API stable  ████████████████████████
      200 calls  HTTP    ┗┄┄  14 ┄▶ API canary  nobody waits for it
      http
      to    outbound|80|stable|api.safedata-zone.io
      log   200 x 200 -  outbound|80|stable|api.safedata-zone.io
      api   200 x stable: GET /v2/data, http, 200
            14 x canary: GET /v2/data, http, 200

      All 200 calls went well. API stable answered 200. The sidecar read the
      request as HTTP and chose its route.
      "
    `);
  });

  it('uses the room of a wide terminal', () => {
    expect(drawn('catalog-tls#1', false, 110)).toMatchInlineSnapshot(`
      "
      app ━━━▶ sidecar ━━━▶ cluster ━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━✗ API
      http     HTTP         outbound|80||                           not TLS there
                            catalog.mesh-network.svc.cluster.local
      log   503 URX,UF  outbound|80||catalog.mesh-network.svc.cluster.local  upstream_reset_before_response_started…
      api   nothing arrived

      This 503 is the sidecar's own. The sidecar began TLS, and what came back was not TLS: that port of the far
      side speaks plaintext. All attempts that are allowed were used up.
      "
    `);
  });

  it('names what each of several asked for where one row has to do', () => {
    const evidence = all.get('vs-weights-90-10#1');
    if (evidence === undefined) throw new Error('no recording');
    const text = plainText(drawWalk(walk(evidence), { columns: 76, ascii: false, brief: true }));
    expect(text).toContain('api   175 x stable: GET /v2/data; 25 x canary: GET /v2/data\n');
  });

  it('says the whole of a note, in further rows, where a branch has little room', () => {
    const evidence = all.get('vs-mirror-10#1');
    if (evidence === undefined) throw new Error('no recording');
    const text = plainText(drawWalk(walk(evidence), { columns: 52, ascii: false }));
    expect(text.split('\n').slice(0, 4).join('\n')).toMatchInlineSnapshot(`
      "app ━━━━━▶ sidecar ┳━━ 200 ━▶ API stable  ██████████
      200 calls  HTTP    ┗┄┄  14 ┄▶ API canary  nobody
      http                                      waits for
                                                it"
    `);
    const { branches, ...rest } = walk(evidence);
    const turned = { ...rest, branches: [...branches].reverse() };
    expect(plainText(drawWalk(turned, { columns: 52, ascii: true })).split('\n')[1]).toMatch(/HTTP +\| +\w/);
  });

  it('draws no share of a single call', () => {
    const evidence = all.get('vs-mirror-10#1');
    if (evidence === undefined) throw new Error('no recording');
    const { branches, ...rest } = walk(evidence);
    const one = { ...rest, branches: branches.map(each => ({ ...each, count: 1, of: 1 })) };
    expect(plainText(drawWalk(one, { columns: 76, ascii: false }))).not.toMatch(/[█▏]/);
  });

  it('shows what is not known while the log is awaited', () => {
    const evidence = all.get('article-1#1');
    if (evidence === undefined) throw new Error('no recording');
    const lines = drawWalk(walkOfAnswer(evidence.curl), { columns: 76, ascii: false });
    expect(`\n${plainText(lines)}\n`).toMatchInlineSnapshot(`
      "
      app ╌╌╌? sidecar ╌╌╌? cluster ╌╌╌? API stable
      https                              sees https
                                         /v2/data

      The answer is 200.
      "
    `);
  });

  it('keeps its meaning apart from colour', () => {
    const evidence = all.get('article-12#1');
    if (evidence === undefined) throw new Error('no recording');
    const [path] = drawWalk(walk(evidence), { columns: 76, ascii: false });
    expect(path?.map(span => span.role)).toEqual(['good', 'good', 'good', 'good', 'good', 'bad', 'bad']);
  });
});
