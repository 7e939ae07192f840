/**
 * IST0101 (selector), IST0110, IST0111: Sidecars that select no pods, or the same ones.
 * Source: analyzers/sidecar/selector.go.
 */
import { selects } from '../labels.ts';
import type { Sidecar } from '../types.ts';
import { type Collection, namespaceOf } from './collection.ts';
import { selectorText } from './gateways.ts';
import { listed, type Message, message, quoted } from './message.ts';

export function sidecarSelectors({ sidecars, pods }: Collection): Message[] {
  const selecting = sidecars.filter(each => hasSelector(each));
  const chosen = (sidecar: Sidecar) =>
    pods.filter(
      pod =>
        namespaceOf(pod) === namespaceOf(sidecar) &&
        selects(sidecar.spec?.workloadSelector?.labels, pod.metadata.labels),
    );
  const lonely = selecting
    .filter(each => chosen(each).length === 0)
    .map(each =>
      message('IST0101', each, 'selector', quoted(selectorText(each.spec?.workloadSelector?.labels))),
    );
  const shared = pods.flatMap(pod => {
    const claimants = selecting.filter(each => chosen(each).includes(pod));
    if (claimants.length < 2) return [];
    const facts = [namesOf(claimants), quoted(namespaceOf(pod)), quoted(pod.metadata.name)];
    return claimants.map(each => message('IST0110', each, ...facts));
  });
  const plain = sidecars.filter(each => !hasSelector(each));
  const doubled = plain.flatMap(each => {
    const same = plain.filter(other => namespaceOf(other) === namespaceOf(each));
    return same.length < 2 ? [] : [message('IST0111', each, namesOf(same), quoted(namespaceOf(each)))];
  });
  return [...lonely, ...shared, ...doubled];
}

const hasSelector = ({ spec }: Sidecar) => Object.keys(spec?.workloadSelector?.labels ?? {}).length > 0;

const namesOf = (sidecars: readonly Sidecar[]) => listed(sidecars.map(each => each.metadata.name).sort());
