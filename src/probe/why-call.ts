/**
 * Why a call goes where it goes: a trace of it in brief, and Istio's analysis of the same moment. Nothing is sent.
 */
import { callWords } from '../envoy/trace-lines.ts';
import { traceOutcomeLines } from '../envoy/trace-outcome.ts';
import { analyze } from '../istio/analysis/analyze.ts';
import { reaching } from '../istio/reach.ts';
import type { Resource } from '../istio/resource.ts';
import type { Kube } from '../kube/client.ts';
import { routingObjects } from '../kube/istio-objects.ts';
import { CLIENT, type WorldNames } from '../world/names.ts';
import { traceOf } from './trace-call.ts';
import { type WhyStep, whySteps } from './why-steps.ts';

export interface CallWhy {
  /** 'GET http://api.safedata-zone.io/v2/data  to 10.96.1.7 port 80'. */
  readonly call: string;
  readonly steps: readonly WhyStep[];
  /** What comes of it, in sentences. */
  readonly ends: readonly { readonly tone: 'good' | 'bad' | 'note'; readonly text: string }[];
  readonly analysis: readonly AnalysisMessage[];
}

interface AnalysisMessage {
  /** 'IST0109'. */
  readonly code: string;
  readonly level: 'Error' | 'Warning' | 'Info';
  /** 'VirtualService mesh-network/api'. */
  readonly origin: string;
  readonly text: string;
}

export interface WhyOptions {
  /** Namespaces that analysis must not see: those of other worlds on the same cluster. */
  readonly isOthers: (namespace: string) => boolean;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Reads the client's sidecar and the objects now. `argv`: curl's arguments. Throws UserError for a call without a URL;
 * ToolError when pod, sidecar or API are out of reach.
 */
export async function whyOf(
  kube: Kube,
  names: WorldNames,
  argv: readonly string[],
  { isOthers, signal }: WhyOptions,
): Promise<CallWhy> {
  const [found, all] = await Promise.all([
    traceOf(kube, names, argv, signal),
    routingObjects(kube, [names.mesh, names.outside]),
  ]);
  const objects = all.filter(({ metadata }) => !isOthers(metadata.namespace ?? ''));
  const client = { namespace: names.mesh, labels: labelsIn(objects, names.mesh) };
  const analysis = analyze(reaching(objects, client), names.mesh).map(({ code, level, origin, message }) => ({
    ...{ code, level, origin, text: message },
  }));
  if (found.kind === 'unresolved') {
    const text = `The pod knows no ${found.name}: curl ends with exit code 6, and the sidecar sees nothing.`;
    return { call: '', steps: [], ends: [{ tone: 'bad', text }], analysis };
  }
  const { trace, notes } = found;
  const warned = trace.steps.some(step => step.facts.some(fact => fact.name === 'warning'));
  // That it goes somewhere is no good news where it will not be understood there.
  const ends = traceOutcomeLines(trace.outcome, trace.call).map(each =>
    each.tone === 'good' && warned ? { ...each, tone: 'note' as const } : each,
  );
  return {
    call: callWords(trace.call),
    steps: whySteps(trace, objects, client),
    ends: [...ends, ...notes.map(text => ({ tone: 'note' as const, text }))],
    analysis,
  };
}

/** The labels of the client's pod, by which a Sidecar may select it. */
function labelsIn(objects: readonly Resource[], namespace: string): Readonly<Record<string, string>> {
  const [key = '', value] = CLIENT.selector.split('=');
  const pod = objects.find(
    ({ kind, metadata }) =>
      kind === 'Pod' && metadata.namespace === namespace && metadata.labels?.[key] === value,
  );
  return pod?.metadata.labels ?? {};
}
