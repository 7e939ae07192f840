import { describe, expect, it } from 'vitest';
import { kindOf, type ServedKind } from '../../../src/sandbox/api-server/kinds.ts';
import { decodeProtobuf } from '../../../src/sandbox/api-server/protobuf/decode.ts';
import { encodeProtobuf } from '../../../src/sandbox/api-server/protobuf/encode.ts';
import { bytesField, MAGIC } from '../../../src/sandbox/api-server/protobuf/wire.ts';
import type { StatusError } from '../../../src/sandbox/api-server/status.ts';

// What kubectl 1.32 and 1.34 send, byte for byte, for commands that have no JSON form.

const hex = (text: string) => Buffer.from(text.replaceAll(' ', ''), 'hex');
const text = (value: string) => Buffer.from(value).toString('hex');
/** A length-delimited field. */
const field = (number: number, content: string): string => {
  const length = content.length / 2;
  if (length > 127) throw new Error('too long for this helper');
  return Buffer.from([(number << 3) | 2, length]).toString('hex') + content;
};
const envelope = (kind: string, raw: string) =>
  hex(text('k8s\0') + field(1, field(1, text('v1')) + field(2, text(kind))) + field(2, raw));

describe('protobuf of kubectl', () => {
  it('is read as the JSON that it stands for, zero values left out', () => {
    const generation = '3800';
    const metadata = field(1, text('team-b')) + field(2, '') + field(3, '') + generation + field(8, '');
    const raw = field(1, metadata) + field(2, '') + field(3, field(1, ''));
    expect(decodeProtobuf(envelope('Namespace', raw))).toEqual({
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name: 'team-b' },
      ...{ spec: {}, status: {} },
    });
  });

  it('keeps maps, whatever their keys are called', () => {
    const entry = (key: string, value: string) => field(2, field(1, text(key)) + field(2, text(value)));
    const decoded = decodeProtobuf(envelope('ConfigMap', entry('a', 'b') + entry('__proto__', 'c')));
    expect(Object.entries(decoded.data as object)).toEqual([
      ['a', 'b'],
      ['__proto__', 'c'],
    ]);
    expect(({} as { a?: string }).a).toBeUndefined();
  });

  it('ignores fields of newer clients, as a server does', () => {
    const raw = `${field(1, field(1, text('x'))) + field(9, text('new'))}58ffffffffffffffffff01`;
    expect(decodeProtobuf(envelope('Namespace', raw))).toEqual({
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name: 'x' },
    });
  });

  it('is refused where the kind is not known', () => {
    expect(() => decodeProtobuf(envelope('Gadget', ''))).toThrow(
      /does not read this Gadget.*kubectl apply -f FILE/,
    );
  });

  it('that is broken is a bad request', () => {
    expect(() => decodeProtobuf(hex('00'))).toThrow(/no Kubernetes protobuf/);
    const whole = envelope('Namespace', field(1, field(1, text('x'))));
    expect(() => decodeProtobuf(whole.subarray(0, -1))).toThrow(/unexpected EOF/);
    expect(() => decodeProtobuf(whole.subarray(0, 6))).toThrow(/unexpected EOF/);
    expect(() => decodeProtobuf(hex(`${text('k8s\0')}0affffffffffffffffffff01`))).toThrow(/overflow|EOF/);
  });
});

const job = {
  apiVersion: 'batch/v1',
  kind: 'Job',
  metadata: {
    name: 'a',
    labels: { a: 'b' },
    creationTimestamp: '2026-11-29T20:17:30Z',
    ownerReferences: [{ apiVersion: 'batch/v1', kind: 'CronJob', name: 'c', uid: 'u', controller: true }],
    managedFields: [
      { manager: 'm', operation: 'Update', fieldsType: 'FieldsV1', fieldsV1: { 'f:spec': {} } },
    ],
  },
  spec: {
    suspend: false,
    backoffLimit: 0,
    template: {
      spec: {
        restartPolicy: 'Never',
        volumes: [{ name: 'v', emptyDir: {} }],
        containers: [
          {
            name: 'main',
            args: ['-1', ''],
            resources: { limits: { cpu: '50m' } },
            readinessProbe: { httpGet: { path: '/', port: 'http' }, periodSeconds: 5 },
          },
          { name: 'bare', resources: {} },
        ],
        securityContext: { fsGroup: -1 },
      },
    },
  },
};

const jobs = kindOf('batch', 'v1', 'jobs') as ServedKind;

describe('protobuf of every built-in kind', () => {
  it('is the same object again when it is read', () => {
    expect(decodeProtobuf(encodeProtobuf(job, jobs))).toEqual(job);
  });

  it('that is broken anywhere is a bad request, or another object', () => {
    const whole = encodeProtobuf(job, jobs);
    let refused = 0;
    for (let at = 0; at < whole.length; at++) {
      for (const byte of [0, 127, 255, (whole[at] ?? 0) ^ 1]) {
        const broken = Buffer.from(whole);
        broken[at] = byte;
        try {
          expect(decodeProtobuf(broken)).toBeTypeOf('object');
        } catch (error) {
          expect([400, 415]).toContain((error as StatusError).code);
          refused++;
        }
      }
    }
    expect(refused).toBeGreaterThan(whole.length);
  });

  it('is refused if it is nested without an end', () => {
    const schema = (inner: Buffer) => bytesField(26, inner);
    let nested = Buffer.alloc(0);
    for (let level = 0; level < 500; level++) nested = Buffer.from(schema(nested));
    const type = Buffer.concat([
      bytesField(1, 'apiextensions.k8s.io/v1'),
      bytesField(2, 'CustomResourceDefinition'),
    ]);
    const version = bytesField(7, bytesField(4, bytesField(1, nested)));
    const body = Buffer.concat([MAGIC, bytesField(1, type), bytesField(2, bytesField(2, version))]);
    expect(() => decodeProtobuf(body)).toThrow(/nested too deeply/);
  });
});
