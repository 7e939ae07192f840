/**
 * IST0174 (a DestinationRule's host does not exist) and IST0173 (a subset selects nothing).
 * Istio looks for a subset only among pods, and so reports every subset of a ServiceEntry that lists its own endpoints
 * (analyzers/destinationrule/subset.go). Here the endpoints of the ServiceEntry are considered too, since they are what
 * its subsets select.
 */
import { selects } from '../labels.ts';
import type { DestinationRule } from '../types.ts';
import { type Collection, namespaceOf } from './collection.ts';
import { type DestinationTarget, type HostMap, hostMap, targetOf } from './hosts.ts';
import { type Message, message } from './message.ts';

export function subsets(collection: Collection): Message[] {
  const hosts = hostMap(collection);
  return collection.destinationRules.flatMap(rule => ofRule(rule, hosts, collection));
}

function ofRule(rule: DestinationRule, hosts: HostMap, collection: Collection): Message[] {
  const { host = '', exportTo, subsets = [] } = rule.spec ?? {};
  const target = targetOf(host, namespaceOf(rule), exportTo, hosts);
  if (target === null) return [message('IST0174', rule, host)];
  return subsets
    .filter(({ labels }) => !selectsSomething(labels, target, collection))
    .map(({ name = '' }) => message('IST0173', rule, name));
}

function selectsSomething(
  labels: Readonly<Record<string, string>> | undefined,
  { entry }: DestinationTarget,
  { pods }: Collection,
): boolean {
  const { endpoints = [], workloadSelector } = entry?.spec ?? {};
  // Without resolution there are no endpoints to choose from, and labels do not count.
  if (entry && (entry.spec?.resolution ?? 'NONE') === 'NONE') return true;
  if (endpoints.some(endpoint => selects(labels, endpoint.labels))) return true;
  const selector = { ...workloadSelector?.labels, ...labels };
  return pods.some(pod => selects(selector, pod.metadata.labels));
}
