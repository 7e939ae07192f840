/**
 * What `up` made, kept beside the kubeconfig: from it a later `up` takes the same options, and `down`
 * knows what is ours. Written before the work begins, so that a crash leaves a trace.
 */
import { mkdirSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { ToolError } from '../../shared/errors.ts';
import { readIfThereSync } from '../../shared/files/read.ts';
import { reasonOf } from '../../shared/files/reason.ts';
import { writeWholeSync } from '../../shared/files/write.ts';
import { tilde } from '../../shared/paths.ts';

export interface KindRecord {
  readonly version: 1;
  readonly provider: 'kind';
  readonly name: string;
  /** ISO time at which `up` began to make the cluster. */
  readonly since: string;
  /** creating: `kind create cluster` has not finished, as far as we know. */
  readonly phase: 'creating' | 'created';
  /** The process of `kind create cluster` while it runs: it outlives us when we are killed. */
  readonly pid?: number;
  /** The id of the node's container, once it is there. */
  readonly container?: string;
  readonly nodeImage?: string | undefined;
  /** The text of the --istio-file, kept whole: the file may be gone when the cluster must be made again. */
  readonly istioFile?: string | undefined;
  /** istioctl has finished; the version that it installed. */
  readonly istio?: string;
}

export interface ContextRecord {
  readonly version: 1;
  readonly provider: 'context';
  readonly context: string;
  readonly server: string;
  /** The namespaces that the user allowed us to make there. */
  readonly namespaces: readonly string[];
  /** ISO time at which the user said yes. */
  readonly since: string;
  /** The version that was found. */
  readonly istio?: string;
}

/**
 * The record in a file; null if there is none, or none that this version understands. Throws a ToolError for one that
 * cannot be read: what it says is ours must not be taken for somebody else's, nor be forgotten.
 */
export function readRecord<R extends KindRecord | ContextRecord>(
  path: string,
  provider: R['provider'],
): R | null {
  const text = orSay(path, 'read', () => readIfThereSync(path));
  if (text === null) return null;
  try {
    const record = JSON.parse(text) as R;
    return record.version === 1 && record.provider === provider ? record : null;
  } catch {
    return null;
  }
}

export function writeRecord(path: string, record: KindRecord | ContextRecord): void {
  writeOurFile(path, `${JSON.stringify(record, null, 2)}\n`);
}

/** Writes one of our own files, whole or not at all, readable by its owner only. `next`: what to type if it fails. */
export function writeOurFile(path: string, text: string, next?: readonly string[]): void {
  makeFolder(dirname(path), next);
  orSay(path, 'written', () => writeWholeSync(path, text, { mode: 0o600 }), next);
}

/** Makes a folder for our data, and those above it. Throws a ToolError where that is impossible. */
export function makeFolder(path: string, next?: readonly string[]): void {
  orSay(path, 'written', () => void mkdirSync(path, { recursive: true }), next);
}

function orSay<T>(path: string, done: 'read' | 'written', work: () => T, next = ELSEWHERE): T {
  try {
    return work();
  } catch (error) {
    throw cannotBe(done, path, error, next);
  }
}

const ELSEWHERE: readonly string[] = ['istio-tutor --state DIR ...   keeps its data in another folder'];

/** The error for a file of our data that the system does not let us have. */
export function cannotBe(
  done: 'read' | 'written',
  path: string,
  error: unknown,
  next = ELSEWHERE,
): ToolError {
  return new ToolError(
    { what: `${tilde(path)} cannot be ${done}.`, why: reasonOf(error, path), next },
    error,
  );
}

export function removeFiles(...paths: string[]): void {
  for (const path of paths) rmSync(path, { force: true });
}
