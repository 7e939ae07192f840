/**
 * What this machine has of the things that istio-tutor needs, and one remedy for each that is missing. Only
 * looks: nothing is started, installed or changed. Drawn by doctor-text.ts.
 */
import { statfs } from 'node:fs/promises';
import { homedir } from 'node:os';
import { ToolError } from '../shared/errors.ts';
import { onPath, runTool } from '../shared/tool.ts';
import { dockerSilentRemedy, installRemedy, type Remedy, type Tool } from './doctor-install.ts';

/** What many work on a cluster with, and nothing here needs: told where it is there. */
const COMPANIONS = {
  helm: ['version', '--short'],
  stern: ['--version'],
  k9s: ['version', '--short'],
} as const;
type Companion = keyof typeof COMPANIONS;

export interface DoctorFinding {
  readonly id: 'node' | 'memory' | 'disk' | Tool | Companion;
  readonly state: 'ok' | 'missing' | 'warning';
  /** The version, or what was found in its place. */
  readonly found: string;
  /** kind cannot be used without it. */
  readonly needed: boolean;
  readonly remedy?: Remedy;
}

export interface ContextFinding {
  readonly name: string;
  readonly current: boolean;
  /** istio: `istio` is its version. not-asked: its login runs a command, which the doctor does not start. */
  readonly state: 'istio' | 'no-istio' | 'silent' | 'not-asked';
  readonly istio?: string;
}

export interface Diagnosis {
  /** The sandbox can send calls: it needs nothing but curl. */
  readonly sandbox: boolean;
  /** A kind cluster can be made here. */
  readonly kind: boolean;
  readonly findings: readonly DoctorFinding[];
  readonly contexts: readonly ContextFinding[];
}

const GIGABYTE = 1e9;
/** What kind, Istio and the lab world need to run comfortably, in bytes. */
const COMFORT = { memory: 3.5 * GIGABYTE, disk: 8 * GIGABYTE };
const PATIENCE_MS = 10_000;

/** Looks at everything at once. `contexts: false` leaves alone the user's kubeconfig, and what only goes with it. */
export async function diagnose(options: {
  contexts: boolean;
  signal?: AbortSignal | undefined;
}): Promise<Diagnosis> {
  const { signal } = options;
  const [docker, kind, istioctl, kubectl, curl, disk, contexts, companions] = await Promise.all([
    lookAtDocker(signal),
    lookAt('kind', ['version'], true, signal),
    lookAt('istioctl', ['version', '--remote=false', '--short'], true, signal),
    lookAt('kubectl', ['version', '--client'], false, signal),
    lookAt('curl', ['--version'], false, signal),
    lookAtDisk(),
    options.contexts
      ? import('./doctor-contexts.ts').then(({ lookAtContexts }) => lookAtContexts(signal))
      : [],
    options.contexts ? lookAtCompanions(signal) : [],
  ]);
  const node: DoctorFinding = { id: 'node', state: 'ok', found: process.versions.node, needed: true };
  const findings = [node, curl, ...docker, kind, istioctl, kubectl, ...companions, ...disk];
  return {
    sandbox: curl.state === 'ok',
    kind: findings.every(finding => !finding.needed || finding.state !== 'missing'),
    findings,
    contexts,
  };
}

async function lookAt(
  tool: Tool,
  args: readonly string[],
  needed: boolean,
  signal?: AbortSignal,
): Promise<DoctorFinding> {
  if (!onPath(tool))
    return { id: tool, state: 'missing', found: 'not installed', needed, remedy: installRemedy(tool) };
  const version = await versionOf(tool, args, signal);
  if (version !== null) return { id: tool, state: 'ok', found: version, needed };
  return { id: tool, state: 'missing', found: 'does not start', needed, remedy: installRemedy(tool) };
}

/** Null: it does not start. */
async function versionOf(
  tool: Tool | Companion,
  args: readonly string[],
  signal?: AbortSignal,
): Promise<string | null> {
  try {
    return firstVersion((await runTool(tool, args, { timeoutMs: PATIENCE_MS, signal })).stdout);
  } catch (error) {
    if (!(error instanceof ToolError)) throw error;
    return null;
  }
}

async function lookAtCompanions(signal?: AbortSignal): Promise<DoctorFinding[]> {
  const there = (Object.keys(COMPANIONS) as Companion[]).filter(each => onPath(each));
  return Promise.all(
    there.map(async (id): Promise<DoctorFinding> => {
      const version = await versionOf(id, COMPANIONS[id], signal);
      if (version === null) return { id, state: 'warning', found: 'does not start', needed: false };
      return { id, state: 'ok', found: version, needed: false };
    }),
  );
}

/** The first thing in a tool's words that looks like a version: 'kind v0.30.0 go1.25' is 'v0.30.0'. */
export function firstVersion(words: string): string {
  return /v?\d+\.\d+[\w.+-]*/.exec(words)?.[0] ?? words.split('\n')[0] ?? '';
}

async function lookAtDocker(signal?: AbortSignal): Promise<DoctorFinding[]> {
  const id = 'docker';
  if (!onPath(id))
    return [{ id, state: 'missing', found: 'not installed', needed: true, remedy: installRemedy(id) }];
  try {
    const { stdout } = await runTool('docker', ['info', '--format', '{{.ServerVersion}} {{.MemTotal}}'], {
      timeoutMs: PATIENCE_MS,
      signal,
    });
    const [version = '', total = ''] = stdout.trim().split(' ');
    // Before Docker 23 `docker info` succeeds without a server, and prints no version.
    if (version !== '') return [{ id, state: 'ok', found: version, needed: true }, memory(Number(total))];
    return [silent('')];
  } catch (error) {
    if (!(error instanceof ToolError)) throw error;
    return [silent(error.problem.detail ?? '')];
  }
}

function silent(words: string): DoctorFinding {
  return {
    id: 'docker',
    state: 'missing',
    found: 'installed, but does not answer',
    needed: true,
    remedy: dockerSilentRemedy(words),
  };
}

function memory(bytes: number): DoctorFinding {
  const found = `${(bytes / GIGABYTE).toFixed(1)} GB for Docker`;
  if (!(bytes < COMFORT.memory)) return { id: 'memory', state: 'ok', found, needed: false };
  return {
    id: 'memory',
    state: 'warning',
    found,
    needed: false,
    remedy: {
      say: 'A cluster with Istio wants about 4 GB; give Docker more.',
      command: 'docker info | grep Memory',
    },
  };
}

async function lookAtDisk(): Promise<DoctorFinding[]> {
  try {
    const { bavail, bsize } = await statfs(homedir());
    const free = bavail * bsize;
    const found = `${(free / GIGABYTE).toFixed(0)} GB free`;
    if (free >= COMFORT.disk) return [{ id: 'disk', state: 'ok', found, needed: false }];
    const remedy = { say: 'The images need about 4 GB; make some room.', command: 'docker system df' };
    return [{ id: 'disk', state: 'warning', found, needed: false, remedy }];
  } catch {
    return [];
  }
}
