/**
 * istiod's discovery service, as far as istioctl asks it: one stream of requests for debug types. Whatever else is asked
 * is refused at once, since no sidecar is configured this way here. Source: pilot/pkg/xds/{statusgen,debuggen}.go;
 * github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md
 */
import type { IncomingHttpHeaders, ServerHttp2Stream } from 'node:http2';
import { any, bytesFields, field } from './protobuf.ts';

/** What a debug type answers: resources, each an Any; or why it has none. */
type DebugAnswer = readonly Buffer[] | { readonly refused: string };

export interface DebugTypes {
  /** Of this control plane: name and version. */
  readonly pod: string;
  readonly version: string;
  readonly push: () => string;
  /** `type`: 'istio.io/debug/syncz'. */
  ask(type: string, names: readonly string[]): DebugAnswer;
}

const ADS = '/envoy.service.discovery.v3.AggregatedDiscoveryService/StreamAggregatedResources';
const DEBUG = 'istio.io/debug';

const NONCE = 'sandbox ';
const INVALID_ARGUMENT = 3;
const UNIMPLEMENTED = 12;
const UNREADABLE = 'the request cannot be read';
/** Bytes of one request. */
const MOST = 4 * 1024 * 1024;

export function serveXds(stream: ServerHttp2Stream, headers: IncomingHttpHeaders, types: DebugTypes): void {
  stream.on('error', () => stream.destroy());
  const path = headers[':path'] ?? '';
  if (path !== ADS) {
    end(stream, UNIMPLEMENTED, `the sandbox's istiod does not have ${path}`);
    return;
  }
  let waiting: Buffer = Buffer.alloc(0);
  stream.on('data', (chunk: Buffer) => {
    waiting = Buffer.concat([waiting, chunk]);
    while (waiting.length >= 5 && !stream.closed) {
      const length = waiting.readUInt32BE(1);
      if (length > MOST || waiting[0] !== 0) return void end(stream, INVALID_ARGUMENT, UNREADABLE);
      if (waiting.length < 5 + length) return;
      const message = waiting.subarray(5, 5 + length);
      waiting = waiting.subarray(5 + length);
      answer(stream, message, types);
    }
  });
  stream.on('end', () => end(stream, 0, ''));
}

function answer(stream: ServerHttp2Stream, message: Buffer, types: DebugTypes): void {
  let fields: ReturnType<typeof bytesFields>;
  try {
    fields = bytesFields(message);
  } catch {
    return void end(stream, INVALID_ARGUMENT, UNREADABLE);
  }
  const texts = (number: number) =>
    fields.filter(([of]) => of === number).map(([, bytes]) => bytes.toString());
  const [type = ''] = texts(4);
  // istioctl puts a time there with its question.
  const [acknowledged = ''] = texts(5);
  if (acknowledged.startsWith(NONCE)) return;
  if (type !== DEBUG && !type.startsWith(`${DEBUG}/`)) {
    return void end(stream, UNIMPLEMENTED, `the sandbox's istiod answers ${DEBUG} only, not ${type}`);
  }
  const found = types.ask(type, texts(3));
  if ('refused' in found) return void end(stream, UNIMPLEMENTED, found.refused);
  const { pod: ID, version } = types;
  const identifier = JSON.stringify({
    Component: 'istiod',
    ID,
    Info: { version, status: 'Clean', tag: version },
  });
  const response = Buffer.concat([
    field(1, types.push()),
    ...found.map(resource => field(2, resource)),
    field(4, type),
    field(5, `${NONCE}${types.push()}`),
    field(6, [field(1, identifier)]),
  ]);
  const head = Buffer.alloc(5);
  head.writeUInt32BE(response.length, 1);
  begin(stream);
  stream.write(Buffer.concat([head, response]));
}

/** A page of /debug as a resource. */
export function debugPage(body: string): Buffer {
  return any(`type.googleapis.com/${DEBUG}`, Buffer.from(body));
}

function begin(stream: ServerHttp2Stream): void {
  if (stream.headersSent) return;
  stream.respond({ ':status': 200, 'content-type': 'application/grpc' }, { waitForTrailers: true });
}

function end(stream: ServerHttp2Stream, code: number, message: string): void {
  if (stream.closed || stream.destroyed || stream.writableEnded) return;
  begin(stream);
  const status = { 'grpc-status': String(code), 'grpc-message': encodeURIComponent(message) };
  stream.once('wantTrailers', () => stream.sendTrailers(status));
  stream.end();
}
