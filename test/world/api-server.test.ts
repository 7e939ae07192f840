import { once } from 'node:events';
import http from 'node:http';
import http2 from 'node:http2';
import https from 'node:https';
import net from 'node:net';
import tls from 'node:tls';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type ApiServer, type ApiServerOptions, startApiServer } from '../../src/world/api-server.mjs';
import { type Certificates, makeCertificates } from '../../src/world/certificates.ts';

let certificates: Certificates;
let agent: https.Agent;
let api: ApiServer;
let lines: string[];

beforeAll(async () => {
  certificates = await makeCertificates();
  agent = new https.Agent({ ca: certificates.ca });
});
afterAll(() => agent.destroy());
afterEach(() => api.close());

async function start(options: Partial<ApiServerOptions> = {}) {
  lines = [];
  const { key, cert } = certificates.server;
  api = await startApiServer({
    ...{
      version: 'stable',
      httpPort: 0,
      httpsPort: 0,
      host: '127.0.0.1',
      tls: { key, cert, ca: certificates.ca },
    },
    print: line => lines.push(line),
    ...options,
  });
}

interface Got {
  readonly status: number;
  readonly text: string;
}

/** A call under a lab name to our own port, certificate checked. */
function call(
  url: string,
  headers: Record<string, string> = {},
  options: https.RequestOptions = {},
): Promise<Got> {
  const { protocol, hostname, pathname, search } = new URL(url);
  const secure = protocol === 'https:';
  return new Promise((resolve, reject) => {
    const request = (secure ? https : http).request(
      {
        ...{ host: '127.0.0.1', port: secure ? api.httpsPort : api.httpPort, path: pathname + search },
        headers: { host: hostname, 'user-agent': 'test', ...headers },
        ...(secure ? { agent, servername: hostname } : { agent: false }),
        ...options,
      },
      async response => {
        const chunks: Buffer[] = [];
        for await (const chunk of response) chunks.push(chunk);
        resolve({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString() });
      },
    );
    request.on('error', reject);
    request.end();
  });
}

/** Sends bytes on a bare connection and hands back all that comes until it is closed. */
function bare(port: number | null, bytes: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = net.connect(port ?? 0, '127.0.0.1', () => socket.write(bytes));
    let text = '';
    socket.on('data', chunk => {
      text += chunk;
    });
    socket.on('end', () => resolve(text));
    socket.on('error', reject);
  });
}

describe('the lab API', () => {
  it('tells over http what reached it', async () => {
    await start();
    const { status, text } = await call('http://api.safedata-zone.io/v2/data?x=1', { 'X-Mine': 'a' });
    expect(status).toBe(200);
    expect(JSON.parse(text)).toEqual({
      ...{
        version: 'stable',
        scheme: 'http',
        method: 'GET',
        host: 'api.safedata-zone.io',
        path: '/v2/data?x=1',
      },
      ...{ sni: '', status: 200, clientCert: null },
      headers: { host: 'api.safedata-zone.io', 'user-agent': 'test', 'x-mine': 'a', connection: 'close' },
    });
  });

  it('prints one JSON line for each request', async () => {
    await start();
    await call('https://api.safedata-zone.io/v2/data?x=1');
    expect(lines).toEqual([
      '{"version":"stable","method":"GET","path":"/v2/data?x=1","host":"api.safedata-zone.io","scheme":"https","sni":"api.safedata-zone.io","status":200,"ua":"test"}',
    ]);
  });

  it('has a certificate for every lab name, and none for others', async () => {
    await start();
    for (const host of [
      'api.safedata-zone.io',
      'stable.safedata-zone.io',
      'canary.safedata-zone.io',
      'pay.example-pay.io',
    ]) {
      expect(JSON.parse((await call(`https://${host}/`)).text)).toMatchObject({ scheme: 'https', sni: host });
    }
    await expect(call('https://other.example.com/')).rejects.toMatchObject({
      code: 'ERR_TLS_CERT_ALTNAME_INVALID',
    });
  });

  it('asks for a client certificate, and names its subject when one is shown', async () => {
    await start();
    const { cert, key } = certificates.client;
    const shown = await call(
      'https://api.safedata-zone.io/',
      {},
      { cert, key, agent: false, ca: certificates.ca },
    );
    expect(JSON.parse(shown.text)).toMatchObject({ clientCert: 'CN=client.mesh-network' });
    expect(JSON.parse((await call('https://api.safedata-zone.io/')).text)).toMatchObject({
      clientCert: null,
    });
  });

  it('speaks h2 as well', async () => {
    await start();
    const session = http2.connect(`https://127.0.0.1:${api.httpsPort}`, {
      ca: certificates.ca,
      servername: 'api.safedata-zone.io',
    });
    const stream = session.request({ ':path': '/h2', ':authority': 'api.safedata-zone.io', 'x-mine': 'a' });
    const chunks: Buffer[] = [];
    for await (const chunk of stream) chunks.push(chunk);
    expect(JSON.parse(Buffer.concat(chunks).toString())).toMatchObject({
      path: '/h2',
      host: 'api.safedata-zone.io',
      sni: 'api.safedata-zone.io',
      headers: { 'x-mine': 'a' },
    });
    const empty = session.request({ ':path': '/status/204', ':method': 'HEAD' });
    const [headers] = await once(empty, 'response');
    expect(headers).toMatchObject({ ':status': 204 });
    session.close();
  });

  it('offers h2 before http/1.1, and takes a client that names no protocol', async () => {
    await start();
    const chosen = (ALPNProtocols?: string[]) =>
      new Promise(resolve => {
        const options = {
          ca: certificates.ca,
          servername: 'api.safedata-zone.io',
          ...(ALPNProtocols ? { ALPNProtocols } : {}),
        };
        const socket = tls.connect(api.httpsPort ?? 0, '127.0.0.1', options, () => {
          resolve(socket.alpnProtocol);
          socket.destroy();
        });
      });
    expect(await chosen(['h2', 'http/1.1'])).toBe('h2');
    expect(await chosen(['http/1.1'])).toBe('http/1.1');
    expect(await chosen()).toBe(false);
  });

  it('answers plain HTTP on the TLS port as Go and nginx do, and logs nothing', async () => {
    await start();
    const answer = await bare(api.httpsPort, 'GET / HTTP/1.1\r\nHost: api\r\n\r\n');
    expect(answer).toMatch(/^HTTP\/1\.1 400 Bad Request\r\n/);
    expect(answer).toMatch(/\r\n\r\nClient sent an HTTP request to an HTTPS server\.\n$/);
    expect(lines).toEqual([]);
  });

  it('answers TLS on the plain port, and TLS inside TLS, in plain text', async () => {
    await start();
    const hello = '\x16\x03\x01\x00\x05hello';
    expect(await bare(api.httpPort, hello)).toMatch(/^HTTP\/1\.1 400 Bad Request/);
    const options = { ca: certificates.ca, servername: 'api.safedata-zone.io' };
    const outer = tls.connect(api.httpsPort ?? 0, '127.0.0.1', options);
    const inner = tls.connect({ socket: outer, servername: 'api.safedata-zone.io', ca: certificates.ca });
    const error = await new Promise(resolve => inner.on('error', resolve));
    expect(error).toMatchObject({ code: 'ERR_SSL_WRONG_VERSION_NUMBER' });
  });

  it('answers the status that a path ends in', async () => {
    await start();
    expect(await call('http://api.safedata-zone.io/data/status/503?i=1')).toMatchObject({ status: 503 });
    expect(await call('http://api.safedata-zone.io/status/204')).toEqual({ status: 204, text: '' });
    expect(await call('http://api.safedata-zone.io/status/503/more')).toMatchObject({ status: 200 });
    expect(lines.map(line => JSON.parse(line).status)).toEqual([503, 204, 200]);
  });

  it('waits as long as a path ends in, and logs at once', async () => {
    await start();
    const begun = performance.now();
    const slow = call('http://api.safedata-zone.io/delay/0.3').then(({ status }) => [
      status,
      performance.now() - begun,
    ]);
    await call('http://api.safedata-zone.io/quick');
    expect(lines.map(line => JSON.parse(line).path).sort()).toEqual(['/delay/0.3', '/quick']);
    const [status, milliseconds] = await slow;
    expect(status).toBe(200);
    expect(milliseconds).toBeGreaterThan(295);
  });

  it('fails all but each Nth of its requests when told so', async () => {
    await start();
    await call('http://api.safedata-zone.io/');
    const codes: number[] = [];
    for (let i = 0; i < 5; i++) {
      codes.push((await call('http://api.safedata-zone.io/', { 'x-lab-fail-every': '3' })).status);
    }
    expect(codes).toEqual([503, 200, 503, 503, 200]);
  });

  it('fails the first of the requests with one id', async () => {
    await start();
    const codes: number[] = [];
    for (const id of ['a', 'a', 'b', 'a']) {
      const headers = { 'x-lab-fail-first': '2', 'x-request-id': id };
      codes.push((await call('http://api.safedata-zone.io/', headers)).status);
    }
    expect(codes).toEqual([503, 503, 503, 200]);
  });

  it('hangs at the first of the requests with one id', async () => {
    await start();
    const headers = { 'x-lab-hang-first': '1;60', 'x-request-id': 'a' };
    const first = call('http://api.safedata-zone.io/', headers, { signal: AbortSignal.timeout(150) });
    await expect(first).rejects.toMatchObject({ name: 'AbortError' });
    expect(await call('http://api.safedata-zone.io/', headers)).toMatchObject({ status: 200 });
  });

  it('refuses by its firewall and names the address that it saw', async () => {
    await start({ firewall: '403' });
    expect(await call('http://api.safedata-zone.io/')).toEqual({
      status: 403,
      text: 'Forbidden: calls from 127.0.0.1 are not allowed here.\n',
    });
    expect(await call('https://api.safedata-zone.io/')).toMatchObject({ status: 403 });
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({ status: 403, ua: 'test' });
  });

  it('accepts and never answers when its firewall is silent', async () => {
    await start({ firewall: 'silent' });
    for (const url of ['http://api.safedata-zone.io/', 'https://api.safedata-zone.io/']) {
      await expect(call(url, {}, { signal: AbortSignal.timeout(150) })).rejects.toMatchObject({
        name: 'AbortError',
      });
    }
    expect(lines).toEqual([]);
  });

  it('does without a certificate, as the neighbour catalog', async () => {
    lines = [];
    api = await startApiServer({
      version: 'catalog',
      httpPort: 0,
      host: '127.0.0.1',
      print: line => lines.push(line),
    });
    expect(api.httpsPort).toBeNull();
    expect(JSON.parse((await call('http://catalog/')).text)).toMatchObject({ version: 'catalog' });
  });
});
