/**
 * The order in which istiod takes objects: oldest first. Kubernetes records times in whole seconds, so objects from one
 * file are equally old; then the name decides, then the namespace.
 * Source: pilot/pkg/model/config.go (configCompareByCreationTime), push_context.go (SortServicesByCreationTime).
 */
import type { Metadata, Resource } from './resource.ts';

/** Go compares strings by bytes; localeCompare would not. */
export const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** Seconds since the epoch; an object without a time is older than any other. */
export function createdAt(metadata: Metadata): number {
  const time = Date.parse(metadata.creationTimestamp ?? '');
  return Number.isNaN(time) ? 0 : Math.floor(time / 1000);
}

export function byAge(a: Resource, b: Resource): number {
  return (
    createdAt(a.metadata) - createdAt(b.metadata) ||
    compareText(a.metadata.name, b.metadata.name) ||
    compareText(a.metadata.namespace ?? '', b.metadata.namespace ?? '')
  );
}

/** A new list, oldest first: a snapshot's lists may come in any order. */
export const sortedByAge = <R extends Resource>(resources: readonly R[]): R[] => [...resources].sort(byAge);

export const namespaceOf = (resource: Resource): string => resource.metadata.namespace ?? 'default';
