/** The result of a trace, in sentences: where the call goes, or what the app gets instead and how the log shows it. */
import { percent } from './trace-action.ts';
import type { ClusterShare, DescribedCall, TraceOutcome } from './trace-types.ts';

export interface OutcomeLine {
  /** good: it reaches a server; bad: it does not, and nobody intended that; note: neither. */
  readonly tone: 'good' | 'bad' | 'note';
  readonly text: string;
}

/** One or more sentences, each with its own tone. */
export function traceOutcomeLines(outcome: TraceOutcome, call: DescribedCall): OutcomeLine[] {
  const one = (tone: OutcomeLine['tone'], text: string): OutcomeLine[] => [{ tone, text }];
  switch (outcome.kind) {
    case 'cluster':
      return outcome.clusters.map(cluster => ({
        tone: cluster.exists && cluster.hosts ? ('good' as const) : ('bad' as const),
        text: shareWords(cluster, call),
      }));
    case 'fault':
      return one(
        'bad',
        `The sidecar answers ${outcome.status} itself: an injected fault (flag FI). No server is asked.`,
      );
    case 'no-endpoints':
      return one('bad', `${names(outcome.clusters)} has no server: ${failure(call, '503', 'UH')}.`);
    case 'no-route':
      return one('bad', 'The sidecar answers 404: no route fits (flag NR). No server is asked.');
    case 'no-cluster':
      return one('bad', `The sidecar has no cluster ${outcome.name}: ${failure(call, '503', 'NC')}.`);
    case 'no-chain':
      return one('bad', 'The sidecar closes the connection: nothing is set up for it (flag NR).');
    case 'not-http':
      return one(
        'bad',
        'The sidecar reads HTTP here, and these bytes are none: it answers 400 in clear (flag DPE).',
      );
    case 'direct':
      return one('note', `The sidecar answers ${outcome.status} itself. No server is asked.`);
    case 'redirect':
      return one('note', `The sidecar answers ${outcome.status} and sends the app to ${outcome.location}.`);
    case 'passthrough':
      return one(
        'good',
        `The call goes on to ${call.to.ip} port ${call.to.port} (PassthroughCluster): the mesh carries it and knows nothing about it.`,
      );
    case 'loopback':
      return one(
        'note',
        `${call.to.ip} is the pod's own loopback: the call never leaves the pod, and the sidecar sees nothing of it.`,
      );
    case 'blackhole':
      return one(
        'bad',
        'The connection is closed (BlackHoleCluster): the mesh does not know this address, and lets only what it knows out (REGISTRY_ONLY).',
      );
  }
}

function shareWords({ name, share, exists, hosts }: ClusterShare, call: DescribedCall): string {
  const part = share < 1 ? `${percent(share)} of the calls go to ` : 'The call goes to ';
  if (!exists) return `${part}${name}, which the sidecar does not have: ${failure(call, '503', 'NC')}.`;
  if (!hosts) return `${part}${name}, which has no server: ${failure(call, '503', 'UH')}.`;
  return `${part}${name}.`;
}

function failure(call: DescribedCall, status: string, flag: string): string {
  return call.protocol === 'http'
    ? `the app gets ${status} (flag ${flag})`
    : `the connection is closed (flag ${flag})`;
}

function names(clusters: readonly ClusterShare[]): string {
  return clusters.map(cluster => cluster.name).join(' and ');
}
