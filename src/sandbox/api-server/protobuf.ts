/**
 * Kubernetes' protobuf, as far as kubectl sends it: `kubectl create namespace` and its like have no JSON form. The
 * answers are JSON, which every client takes. Decoded with tables of field numbers; a field that is in no table is
 * refused, naming its kind, rather than lost. Source: apimachinery/pkg/runtime/serializer/protobuf, the generated.proto
 * files of k8s.io/api and k8s.io/apimachinery.
 */
import type { Json, JsonObject } from '../../shared/json.ts';
import { badRequest, StatusError } from './status.ts';

export const PROTOBUF = 'application/vnd.kubernetes.protobuf';

type Type =
  | 'string'
  | 'bytes'
  | 'int'
  | 'bool'
  | 'time'
  | 'int-or-string'
  | Message
  | { map: 'string' | 'bytes' };
type Built = { [key: string]: Json };
/** Field number -> its JSON name and type; a name ending in [] is repeated. */
type Message = { readonly [field: number]: readonly [name: string, type: Type] };

const strings = { map: 'string' } as const;

const META: Message = {
  1: ['name', 'string'],
  2: ['generateName', 'string'],
  3: ['namespace', 'string'],
  4: ['selfLink', 'string'],
  5: ['uid', 'string'],
  6: ['resourceVersion', 'string'],
  7: ['generation', 'int'],
  8: ['creationTimestamp', 'time'],
  11: ['labels', strings],
  12: ['annotations', strings],
  14: ['finalizers[]', 'string'],
};

const CONTAINER: Message = {
  1: ['name', 'string'],
  2: ['image', 'string'],
  3: ['command[]', 'string'],
  4: ['args[]', 'string'],
  5: ['workingDir', 'string'],
  6: [
    'ports[]',
    {
      1: ['name', 'string'],
      2: ['hostPort', 'int'],
      3: ['containerPort', 'int'],
      4: ['protocol', 'string'],
      5: ['hostIP', 'string'],
    },
  ],
  7: ['env[]', { 1: ['name', 'string'], 2: ['value', 'string'] }],
  8: ['resources', {}],
  13: ['terminationMessagePath', 'string'],
  14: ['imagePullPolicy', 'string'],
  16: ['stdin', 'bool'],
  17: ['stdinOnce', 'bool'],
  18: ['tty', 'bool'],
  20: ['terminationMessagePolicy', 'string'],
};

const POD_SPEC: Message = {
  2: ['containers[]', CONTAINER],
  3: ['restartPolicy', 'string'],
  4: ['terminationGracePeriodSeconds', 'int'],
  6: ['dnsPolicy', 'string'],
  7: ['nodeSelector', strings],
  8: ['serviceAccountName', 'string'],
  9: ['serviceAccount', 'string'],
  10: ['nodeName', 'string'],
  11: ['hostNetwork', 'bool'],
  12: ['hostPID', 'bool'],
  13: ['hostIPC', 'bool'],
  14: ['securityContext', {}],
  16: ['hostname', 'string'],
  17: ['subdomain', 'string'],
  19: ['schedulerName', 'string'],
  24: ['priorityClassName', 'string'],
};

const KINDS: Readonly<Record<string, Message>> = {
  Namespace: {
    1: ['metadata', META],
    2: ['spec', { 1: ['finalizers[]', 'string'] }],
    3: ['status', { 1: ['phase', 'string'] }],
  },
  ConfigMap: {
    1: ['metadata', META],
    2: ['data', strings],
    3: ['binaryData', { map: 'bytes' }],
    4: ['immutable', 'bool'],
  },
  Secret: {
    1: ['metadata', META],
    2: ['data', { map: 'bytes' }],
    3: ['type', 'string'],
    4: ['stringData', strings],
    5: ['immutable', 'bool'],
  },
  ServiceAccount: { 1: ['metadata', META], 4: ['automountServiceAccountToken', 'bool'] },
  Service: {
    1: ['metadata', META],
    2: [
      'spec',
      {
        1: [
          'ports[]',
          {
            1: ['name', 'string'],
            2: ['protocol', 'string'],
            3: ['port', 'int'],
            4: ['targetPort', 'int-or-string'],
            5: ['nodePort', 'int'],
            6: ['appProtocol', 'string'],
          },
        ],
        2: ['selector', strings],
        3: ['clusterIP', 'string'],
        4: ['type', 'string'],
        7: ['sessionAffinity', 'string'],
        8: ['loadBalancerIP', 'string'],
        10: ['externalName', 'string'],
        11: ['externalTrafficPolicy', 'string'],
        12: ['healthCheckNodePort', 'int'],
        13: ['publishNotReadyAddresses', 'bool'],
      },
    ],
    3: ['status', { 1: ['loadBalancer', {}] }],
  },
  Pod: { 1: ['metadata', META], 2: ['spec', POD_SPEC], 3: ['status', {}] },
  Deployment: {
    1: ['metadata', META],
    2: [
      'spec',
      {
        1: ['replicas', 'int'],
        2: ['selector', { 1: ['matchLabels', strings] }],
        3: ['template', { 1: ['metadata', META], 2: ['spec', POD_SPEC] }],
        4: ['strategy', { 1: ['type', 'string'] }],
        5: ['minReadySeconds', 'int'],
        7: ['paused', 'bool'],
      },
    ],
    3: ['status', zeros(1, 2, 3, 4, 5, 7)],
  },
  SelfSubjectAccessReview: {
    1: ['metadata', META],
    2: [
      'spec',
      {
        1: [
          'resourceAttributes',
          {
            1: ['namespace', 'string'],
            2: ['verb', 'string'],
            3: ['group', 'string'],
            4: ['version', 'string'],
            5: ['resource', 'string'],
            6: ['subresource', 'string'],
            7: ['name', 'string'],
          },
        ],
        2: ['nonResourceAttributes', { 1: ['path', 'string'], 2: ['verb', 'string'] }],
      },
    ],
    3: [
      'status',
      {
        1: ['allowed', 'bool'],
        2: ['reason', 'string'],
        3: ['evaluationError', 'string'],
        4: ['denied', 'bool'],
      },
    ],
  },
  SelfSubjectReview: { 1: ['metadata', META], 2: ['status', { 1: ['userInfo', {}] }] },
  SelfSubjectRulesReview: {
    1: ['metadata', META],
    2: ['spec', { 1: ['namespace', 'string'] }],
    3: ['status', { 3: ['incomplete', 'bool'], 4: ['evaluationError', 'string'] }],
  },
  DeleteOptions: {
    1: ['gracePeriodSeconds', 'int'],
    2: ['preconditions', { 1: ['uid', 'string'], 2: ['resourceVersion', 'string'] }],
    3: ['orphanDependents', 'bool'],
    4: ['propagationPolicy', 'string'],
    5: ['dryRun[]', 'string'],
  },
  Scale: { 1: ['metadata', META], 2: ['spec', { 1: ['replicas', 'int'] }], 3: ['status', zeros(1)] },
};

/** Counts that a client sends as 0 and that only the server fills in. */
function zeros(...fields: readonly number[]): Message {
  return Object.fromEntries(fields.map(field => [field, [`field${field}`, 'int'] as const]));
}

const MAGIC = Buffer.from('k8s\0');

/** An object in JSON's shape. Throws UnsupportedMediaType (415) for what is in no table, BadRequest for broken data. */
export function decodeProtobuf(bytes: Buffer): JsonObject {
  if (!bytes.subarray(0, 4).equals(MAGIC)) throw badRequest('the body is no Kubernetes protobuf');
  const envelope = decode(bytes.subarray(4), {
    1: ['typeMeta', { 1: ['apiVersion', 'string'], 2: ['kind', 'string'] }],
    2: ['raw', 'bytes'],
    3: ['contentEncoding', 'string'],
    4: ['contentType', 'string'],
  });
  const { apiVersion = '', kind = '' } = (envelope.typeMeta ?? {}) as { apiVersion?: string; kind?: string };
  const message = KINDS[kind];
  if (message === undefined) throw unreadable(kind);
  const raw = Buffer.from(typeof envelope.raw === 'string' ? envelope.raw : '', 'base64');
  return { apiVersion, kind, ...decode(raw, message, kind) };
}

function unreadable(kind: string): StatusError {
  const message = `the sandbox does not read this ${kind || 'object'} in protobuf; send it as JSON or YAML: kubectl apply -f FILE`;
  return new StatusError(415, 'UnsupportedMediaType', message);
}

function decode(bytes: Buffer, message: Message, kind = ''): JsonObject {
  const object: Built = {};
  const reader = new Reader(bytes);
  while (!reader.done) {
    const tag = reader.varint();
    const wire = tag & 7;
    const value = wire === 0 ? reader.varint() : wire === 2 ? reader.bytes() : null;
    if (value === null) throw badRequest(`protobuf: wire type ${wire} is not used by Kubernetes`);
    const field = message[tag >> 3];
    if (field === undefined) {
      // Clients written in Go also send the zero values of fields.
      if (typeof value === 'number' ? value === 0 : value.length === 0) continue;
      throw unreadable(kind);
    }
    put(object, field, value, kind);
  }
  return object;
}

function put(object: Built, [name, type]: Message[number], value: number | Buffer, kind: string): void {
  if (typeof type === 'object' && 'map' in type) {
    const mapType = (type as { map: 'string' | 'bytes' }).map;
    const entry = decode(value as Buffer, { 1: ['key', 'string'], 2: ['value', mapType] }, kind);
    const map = (object[name] ?? {}) as Built;
    // Any name is a valid key, even `__proto__`.
    Object.defineProperty(map, String(entry.key ?? ''), {
      value: entry.value ?? '',
      enumerable: true,
      configurable: true,
      writable: true,
    });
    object[name] = map;
    return;
  }
  const read = convert(type as Exclude<Type, { map: unknown }>, value, kind);
  if (name.endsWith('[]')) {
    const list = (object[name.slice(0, -2)] ?? []) as Json[];
    object[name.slice(0, -2)] = [...list, read];
  } else if (!isZero(read)) object[name] = read;
}

function convert(type: Exclude<Type, { map: unknown }>, value: number | Buffer, kind: string): Json {
  if (type === 'int') return Number(value);
  if (type === 'bool') return Number(value) !== 0;
  const bytes = value as Buffer;
  if (type === 'string') return bytes.toString('utf8');
  if (type === 'bytes') return bytes.toString('base64');
  // The server sets times; clients send an empty one.
  if (type === 'time') return '';
  if (type === 'int-or-string') {
    const {
      kind: isText = 0,
      number = 0,
      text = '',
    } = decode(bytes, {
      1: ['kind', 'int'],
      2: ['number', 'int'],
      3: ['text', 'string'],
    }) as { kind?: number; number?: number; text?: string };
    return isText ? text : number;
  }
  return decode(bytes, type, kind);
}

function isZero(value: Json): boolean {
  if (value === '' || value === 0 || value === false) return true;
  return typeof value === 'object' && value !== null && Object.keys(value).length === 0;
}

/** Source: protobuf.dev/programming-guides/encoding */
class Reader {
  #at = 0;
  readonly #from: Buffer;

  constructor(from: Buffer) {
    this.#from = from;
  }

  get done(): boolean {
    return this.#at >= this.#from.length;
  }

  /** Up to 2^53; Kubernetes' numbers are smaller, except for negative ones, which are not sent here. */
  varint(): number {
    let value = 0;
    for (let factor = 1; factor < 2 ** 70; factor *= 128) {
      const byte = this.#from[this.#at++];
      if (byte === undefined) throw badRequest('protobuf: unexpected EOF');
      value += (byte & 127) * factor;
      if (byte < 128) return value;
    }
    throw badRequest('protobuf: integer overflow');
  }

  bytes(): Buffer {
    const length = this.varint();
    const end = this.#at + length;
    if (end > this.#from.length) throw badRequest('protobuf: unexpected EOF');
    const bytes = this.#from.subarray(this.#at, end);
    this.#at = end;
    return bytes;
  }
}
