import { describe, expect, it } from 'vitest';
import { decodeProtobuf } from '../../../src/sandbox/api-server/protobuf/decode.ts';

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
