/**
 * One APIService for each group and version that is served, as kube-apiserver registers its own.
 * Source: kube-aggregator, cmd/kube-apiserver/app/aggregator.go
 */
import type { Resource } from '../../istio/resource.ts';
import { isoSeconds } from '../time.ts';
import { groupsWithVersions } from './discovery.ts';

export const API_SERVICES = 'apiservices.apiregistration.k8s.io';

/** `since`: milliseconds since the epoch. */
export function apiServices(since: number): Resource[] {
  const groups = [['', ['v1']] as const, ...groupsWithVersions()];
  return groups.flatMap(([group, versions]) =>
    versions.map(version => ({
      apiVersion: 'apiregistration.k8s.io/v1',
      kind: 'APIService',
      metadata: {
        name: `${version}.${group}`,
        labels: {
          'kube-aggregator.kubernetes.io/automanaged': group.endsWith('istio.io') ? 'true' : 'onstart',
        },
      },
      spec: { ...(group === '' ? {} : { group }), version, groupPriorityMinimum: 1000, versionPriority: 100 },
      status: {
        conditions: [
          {
            ...{ type: 'Available', status: 'True', reason: 'Local', lastTransitionTime: isoSeconds(since) },
            message: 'Local APIServices are always available',
          },
        ],
      },
    })),
  );
}
