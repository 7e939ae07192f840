/**
 * Two ConfigMaps in a learner's own namespace. `istio-tutor-workshop` tells the learner's program what it must know of
 * the cluster and may not look up itself; `istio-tutor-progress` tells the instructor's board how far the learner has
 * got. Nothing leaves the cluster.
 */
import { applyOurs, readObject } from '../kube/apply.ts';
import type { Kube } from '../kube/client.ts';
import { ToolError } from '../shared/errors.ts';
import { MANAGED_BY, type WorldNames } from '../world/names.ts';

const FACTS = 'istio-tutor-workshop';
const PROGRESS = 'istio-tutor-progress';

export interface WorkshopFacts {
  /** Istio's version as istiod reports it; '' where it is not known. */
  readonly istio: string;
  /** Istio's revision; '' without revisions. */
  readonly revision: string;
  /** 'true' where the world brings a Telemetry of its own. */
  readonly telemetry: string;
  /** The images of the world's two containers. */
  readonly curl: string;
  readonly server: string;
}

/** How far a learner is: what a board shows, and a report collects. */
export interface LearnerProgress {
  /** 'lesson' or 'drill', and which: 'destination-rule'. */
  readonly kind: string;
  readonly at: string;
  readonly step: string;
  /** Lessons and drills that are done, and steps of lessons. */
  readonly lessons: readonly string[];
  readonly drills: readonly string[];
  readonly steps: number;
  /** RFC 3339: the last save. */
  readonly updated: string;
}

export async function writeFacts(kube: Kube, names: WorldNames, facts: WorkshopFacts): Promise<void> {
  await write(kube, names, FACTS, { ...facts });
}

/** Throws a ToolError when the workshop has been taken down, or the token has expired. */
export async function readFacts(kube: Kube, names: WorldNames): Promise<WorkshopFacts> {
  const data = await read(kube, names, FACTS);
  const { istio = '', revision = '', telemetry = '', curl = '', server = '' } = data ?? {};
  if (data !== null) return { istio, revision, telemetry, curl, server };
  throw new ToolError({
    what: `The workshop's world ${names.mesh} is not there.`,
    why: 'It was taken down, or was never made whole.',
    next: ['Ask the instructor: istio-tutor workshop up makes or repairs it.'],
  });
}

export async function writeProgress(kube: Kube, names: WorldNames, progress: LearnerProgress): Promise<void> {
  await write(kube, names, PROGRESS, { progress: JSON.stringify(progress) });
}

/** null: the learner has not begun. */
export async function readProgress(kube: Kube, names: WorldNames): Promise<LearnerProgress | null> {
  const data = await read(kube, names, PROGRESS);
  if (data?.progress === undefined) return null;
  try {
    // A learner may write what they like there; a board shows what it can read.
    const {
      kind = '',
      at = '',
      step = '',
      lessons = [],
      drills = [],
      steps = 0,
      updated = '',
    } = JSON.parse(data.progress) as Partial<LearnerProgress>;
    const list = (of: unknown) => (Array.isArray(of) ? of.map(String) : []);
    const text = (of: unknown) => String(of).slice(0, 60);
    return {
      ...{ kind: text(kind), at: text(at), step: text(step), updated: text(updated) },
      ...{ lessons: list(lessons), drills: list(drills), steps: Number(steps) || 0 },
    };
  } catch {
    return null;
  }
}

async function write(
  kube: Kube,
  names: WorldNames,
  name: string,
  data: Record<string, string>,
): Promise<void> {
  const metadata = { name, namespace: names.mesh, labels: { ...MANAGED_BY } };
  await applyOurs(kube, { apiVersion: 'v1', kind: 'ConfigMap', metadata, data }, why => ({
    what: `ConfigMap ${name} could not be written.`,
    why,
    next: ['istio-tutor workshop up   repairs the workshop'],
  }));
}

async function read(kube: Kube, names: WorldNames, name: string): Promise<Record<string, string> | null> {
  const ref = { apiVersion: 'v1', kind: 'ConfigMap', name, namespace: names.mesh };
  return ((await readObject(kube, ref))?.data as Record<string, string> | undefined) ?? null;
}
