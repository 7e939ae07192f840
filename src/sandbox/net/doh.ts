/**
 * A DNS server over HTTPS that knows no names: curl is sent here (--doh-url) for hosts that the pod cannot resolve,
 * and then reports that itself, with its exit code 6; through SOCKS it would be 97. Tried with curl 7.88.
 * Listens on 127.0.0.1 when it is first needed; its certificate is self-signed, so curl gets --doh-insecure.
 */
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { generate } from 'selfsigned';

/** Bytes of a DNS message over UDP, which no question from curl exceeds. */
const LONGEST = 512;

export class NoNames {
  #server: Promise<Server> | null = null;
  #port: number | null = null;

  /** Null: it has not been needed yet. */
  get port(): number | null {
    return this.#port;
  }

  /** The URL of its service. */
  async url(): Promise<string> {
    this.#server ??= listen();
    const { port } = (await this.#server).address() as AddressInfo;
    this.#port = port;
    return `https://127.0.0.1:${port}/dns-query`;
  }

  async close(): Promise<void> {
    const server = await this.#server;
    server?.closeAllConnections();
    await new Promise<void>(done => (server ? server.close(() => done()) : done()));
  }
}

async function listen(): Promise<Server> {
  const pems = await generate([{ name: 'commonName', value: 'no names' }], {
    keyType: 'ec',
    curve: 'P-256',
    algorithm: 'sha256',
  });
  const server = createServer({ key: pems.private, cert: pems.cert }, (request, response) => {
    const chunks: Buffer[] = [];
    let size = 0;
    request.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size > LONGEST) return request.destroy();
      chunks.push(chunk);
    });
    request.on('end', () => {
      const answer = noSuchName(Buffer.concat(chunks));
      if (answer === null) return response.writeHead(400).end();
      response.writeHead(200, { 'content-type': 'application/dns-message' }).end(answer);
    });
  });
  server.on('tlsClientError', (_error, socket) => socket.destroy());
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => resolve(server));
  });
}

/**
 * The question is sent back as the answer, with the bits of a response and NXDOMAIN (RFC 1035, section 4.1.1); null: it
 * is not a question.
 */
export function noSuchName(question: Buffer): Buffer | null {
  if (question.length < 12) return null;
  const answer = Buffer.from(question);
  answer[2] = 0x80 | ((question[2] ?? 0) & 0x79); // QR; opcode and RD as in the question
  answer[3] = 0x83; // RA, NXDOMAIN
  return answer;
}
