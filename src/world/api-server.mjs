/**
 * The lab's external API: one server, one file, node: imports only. On clusters its text is mounted from a
 * ConfigMap and run by node; anything in this process imports `startApiServer`. Plain JavaScript, because
 * the container has no compiler.
 *
 * Environment when run by itself: APP_VERSION (what it answers as), FIREWALL (off, 403, silent),
 * HTTP_PORT, HTTPS_PORT, TLS_DIR (a folder with tls.crt, tls.key and ca.crt; without it no HTTPS).
 */
import { readFileSync, realpathSync } from 'node:fs';
import http from 'node:http';
import http2 from 'node:http2';
import net from 'node:net';
import { fileURLToPath } from 'node:url';

/** The first byte of a TLS handshake record (RFC 8446, section 5.1). */
const TLS_HANDSHAKE = 0x16;
const PLAIN_ON_TLS = 'Client sent an HTTP request to an HTTPS server.\n';
/**
 * Milliseconds for which a server that was told to end stays and refuses: kube-proxy leads calls to it for up
 * to a second more, and an address that is gone would leave them hanging.
 */
const LINGER = 1100;
/** So many request ids are remembered; the oldest go first. */
const REMEMBERED = 10_000;

/**
 * @param {{version: string, firewall?: string, httpPort: number, httpsPort?: number, host?: string,
 *   tls?: {key: string, cert: string, ca: string}, print?: (line: string) => void,
 *   sourceOf?: (socket: net.Socket) => string | undefined,
 *   admit?: (socket: net.Socket) => boolean | Promise<boolean>}} options
 *   Port 0 takes a free one. `print` gets one JSON line for each request. `sourceOf` knows better than the socket
 *   where a connection comes from. What `admit` says no to is closed at once.
 * @returns {Promise<{httpPort: number, httpsPort: number | null, close(): Promise<void>}>}
 */
export async function startApiServer(options) {
  const { version, firewall = 'off', tls, host } = options;
  const sourceOf = options.sourceOf ?? (() => undefined);
  const print = options.print ?? (line => process.stdout.write(`${line}\n`));
  const attempts = new Map();
  const timers = new Set();
  const sockets = new Set();
  let requests = 0;

  /** How many requests with this id came before and with this one. One without an id is always a first. */
  function attempt(id) {
    if (id === undefined) return 1;
    const count = (attempts.get(id) ?? 0) + 1;
    attempts.delete(id);
    attempts.set(id, count);
    if (attempts.size > REMEMBERED) attempts.delete(attempts.keys().next().value);
    return count;
  }

  /** What to answer: {status, delay in seconds}. */
  function verdict(headers, path) {
    requests += 1;
    if (firewall === '403') return { status: 403, delay: 0 };
    const count = attempt(headers['x-request-id']);
    const every = Number(headers['x-lab-fail-every']);
    const failFirst = Number(headers['x-lab-fail-first']);
    const [hangFirst, seconds] = String(headers['x-lab-hang-first'] ?? '')
      .split(';')
      .map(Number);
    const named = /\/status\/([2-5]\d\d)$/.exec(path);
    const slow = /\/delay\/(\d+(?:\.\d+)?)$/.exec(path);
    let status = named ? Number(named[1]) : 200;
    if (every >= 1 && requests % every !== 0) status = 503;
    if (failFirst >= 1 && count <= failFirst) status = 503;
    let delay = slow ? Number(slow[1]) : 0;
    if (hangFirst >= 1 && count <= hangFirst) delay = seconds || 0;
    return { status, delay };
  }

  function handle(request, response, scheme) {
    const { socket } = request.stream?.session ?? request;
    const headers = {};
    for (const [name, value] of Object.entries(request.headers)) {
      if (!name.startsWith(':')) headers[name] = Array.isArray(value) ? value.join(', ') : value;
    }
    const path = request.url ?? '/';
    const asked = request.headers[':authority'] ?? request.headers.host ?? '';
    const sni = scheme === 'https' ? socket.servername || '' : '';
    const { status, delay } = verdict(headers, path.split('?')[0]);
    const facts = { version, method: request.method, path, host: asked, scheme, sni, status };
    print(JSON.stringify({ ...facts, ua: headers['user-agent'] ?? '' }));
    const body =
      status === 403 && firewall === '403'
        ? `Forbidden: calls from ${sourceOf(socket) ?? source(socket)} are not allowed here.\n`
        : `${JSON.stringify({ version, scheme, method: request.method, host: asked, path, sni, status, clientCert: clientCertificate(socket), headers })}\n`;
    request.resume(); // A body that nobody reads would block the connection.
    const answer = () => {
      if (response.destroyed || response.stream?.destroyed || socket.destroyed) return;
      const empty = status === 204 || status === 304;
      const reply = {
        'content-type': firewall === '403' ? 'text/plain' : 'application/json',
        ...(empty ? {} : { 'content-length': Buffer.byteLength(body) }),
        ...('x-lab-grpc-status' in headers ? { 'grpc-status': headers['x-lab-grpc-status'] } : {}),
      };
      const text = empty || request.method === 'HEAD' ? '' : body;
      if (response.stream) {
        // Header, body and end in one go: a client that leaves when it has the body would be logged as gone.
        response.stream.respond({ ':status': status, ...reply }, { endStream: text === '' });
        if (text !== '') response.stream.end(text);
      } else {
        response.writeHead(status, reply);
        response.end(text);
      }
    };
    if (delay === 0) return answer();
    const timer = setTimeout(() => {
      timers.delete(timer);
      answer();
    }, delay * 1000);
    timers.add(timer);
  }

  /** A client that speaks something else is told so in plain text, as Go's and nginx's servers do. */
  function clientError(_error, socket) {
    if (!socket.writable) return socket.destroy();
    socket.end(
      'HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain; charset=utf-8\r\nConnection: close\r\n\r\n400 Bad Request',
    );
  }

  function patient(server) {
    // The sidecar keeps idle connections for an hour: one that the server closed first would be a 503.
    server.keepAliveTimeout = 2 * 3600_000;
    server.requestTimeout = 0;
    server.headersTimeout = 0;
    server.on('clientError', clientError);
    return server;
  }

  const plain = patient(http.createServer((request, response) => handle(request, response, 'http')));
  const secure = tls
    ? patient(
        http2.createSecureServer(
          { ...tls, allowHTTP1: true, requestCert: true, rejectUnauthorized: false },
          (request, response) => handle(request, response, 'https'),
        ),
      )
    : null;
  secure?.on('tlsClientError', (_error, socket) => socket.destroy());
  secure?.on('sessionError', () => {});

  function track(socket) {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => socket.destroy());
    socket.setNoDelay(true);
  }

  /** A server whose connections come to `serve` once they are admitted. */
  function door(serve) {
    return net.createServer(async socket => {
      track(socket);
      const admitted = options.admit?.(socket) ?? true;
      if (admitted === true || (await admitted)) serve(socket);
      else socket.destroy();
    });
  }

  const plainDoor = door(socket => {
    if (firewall !== 'silent') plain.emit('connection', socket);
  });
  const secureDoor = door(socket => {
    if (firewall === 'silent') return;
    socket.once('readable', () => {
      const first = socket.read(1);
      if (first === null) return socket.destroy();
      if (first[0] === TLS_HANDSHAKE) {
        socket.unshift(first);
        return secure.emit('connection', socket);
      }
      socket.resume(); // Unread bytes would turn the close into a reset.
      socket.end(
        `HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: ${PLAIN_ON_TLS.length}\r\nConnection: close\r\n\r\n${PLAIN_ON_TLS}`,
      );
    });
  });

  const httpsPort = secure ? await listen(secureDoor, options.httpsPort ?? 0, host) : null;
  const httpPort = await listen(plainDoor, options.httpPort, host);
  return {
    httpPort,
    httpsPort,
    async close() {
      const closed = [plainDoor, secureDoor].map(door => new Promise(done => door.close(done)));
      for (const timer of timers) clearTimeout(timer);
      for (const socket of sockets) socket.destroy();
      await Promise.all(closed);
    },
  };
}

function listen(server, port, host) {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => resolve(server.address().port));
  });
}

/** Where a connection comes from, without the IPv6 notation of an IPv4 address. */
function source(socket) {
  return (socket.remoteAddress ?? '').replace(/^::ffff:/, '');
}

/** The subject of the client's certificate, 'CN=client.mesh-network'; null when it showed none. */
function clientCertificate(socket) {
  const subject = socket.getPeerCertificate?.()?.subject;
  if (!subject || Object.keys(subject).length === 0) return null;
  return Object.entries(subject)
    .map(([name, value]) => `${name}=${value}`)
    .join(', ');
}

async function main() {
  const {
    APP_VERSION = 'api',
    FIREWALL = 'off',
    HTTP_PORT = '8080',
    HTTPS_PORT = '8443',
    TLS_DIR,
  } = process.env;
  const read = name => readFileSync(`${TLS_DIR}/${name}`, 'utf8');
  const server = await startApiServer({
    version: APP_VERSION,
    firewall: FIREWALL,
    httpPort: Number(HTTP_PORT),
    httpsPort: Number(HTTPS_PORT),
    ...(TLS_DIR ? { tls: { key: read('tls.key'), cert: read('tls.crt'), ca: read('ca.crt') } } : {}),
  });
  for (const signal of ['SIGTERM', 'SIGINT']) {
    process.once(signal, () => {
      server.close();
      setTimeout(() => {}, LINGER);
    });
  }
}

if (process.argv[1] && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) await main();
