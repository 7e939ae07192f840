/**
 * What `istio-tutor analyze` finds beyond istioctl: that the client's sidecar refuses what Istio accepted. Read from
 * the sidecar itself; where there is none to ask, nothing is found.
 */
import type { Message } from '../istio/analysis/message.ts';
import { listObjects } from '../kube/apply.ts';
import type { Kube } from '../kube/client.ts';
import { log } from '../shared/log.ts';
import { CLIENT, type WorldNames } from '../world/names.ts';
import { causeText } from './refusal-cause.ts';
import { configDump } from './sidecar-admin.ts';
import { type StandingRefusal, standingRefusals } from './standing-refusals.ts';

/** Not one of istioctl's codes: those are IST and four digits. */
const REFUSED_BY_SIDECAR = 'SIDECAR-REFUSED';
const ABOUT = 'https://istio.io/latest/docs/ops/diagnostic-tools/proxy-cmd/';

export async function refusalFindings(
  kube: Kube,
  names: WorldNames,
  signal?: AbortSignal,
): Promise<Message[]> {
  try {
    const pods = await listObjects(kube, 'v1', 'Pod', names.mesh);
    const client = pods.find(
      ({ metadata, status }) =>
        metadata.labels?.app === CLIENT_APP &&
        (status as { phase?: string } | undefined)?.phase === 'Running',
    );
    if (client === undefined) return [];
    const pod = client.metadata.name;
    const dump = await configDump(kube, names, pod, signal);
    const standing = (await standingRefusals(kube, names, pod, dump, signal)) ?? [];
    return standing.flatMap(each => messagesOf(each, `Pod ${names.mesh}/${pod}`));
  } catch (error) {
    log('analyze', `the sidecar was not asked: ${(error as Error).message}`);
    return [];
  }
}

/** 'app=client' -> 'client'. */
const CLIENT_APP = CLIENT.selector.split('=')[1];

/** One for each object at fault; for the sidecar's pod where none is known. */
function messagesOf({ words, cause }: StandingRefusal, pod: string): Message[] {
  const origins = new Set(
    (cause?.at ?? []).map(({ kind, namespace, name }) => `${kind} ${namespace}/${name}`),
  );
  const why = cause === null ? '' : `${causeText(cause)} `;
  return (origins.size === 0 ? [pod] : [...origins]).map(origin => ({
    code: REFUSED_BY_SIDECAR,
    level: 'Error',
    origin,
    message: `Istio accepted this, the client's sidecar refused it. ${why}Envoy says: ${words}`,
    documentationUrl: ABOUT,
  }));
}
