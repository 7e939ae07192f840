/** The kinds of objects that lessons work with, and what an object is called. */
import * as istio from '../istio/kinds.ts';
import type { ObjectRef } from './client.ts';

export interface ApiKind {
  readonly kind: string;
  readonly apiVersion: string;
  /** As it appears in URLs and as kubectl takes it. */
  readonly plural: string;
}

/** What a lesson or a learner may leave behind in a namespace of the world. A reset deletes those it does not want. */
export const ISTIO_API_KINDS: readonly ApiKind[] = istio.ISTIO_KINDS.map(each => ({
  kind: each.kind,
  apiVersion: istio.apiVersionOf(each),
  plural: each.plural,
}));

const ROUTING = ['ServiceEntry', 'DestinationRule', 'VirtualService', 'Sidecar'];

/** What lessons are made of, and what a learner may change from a second terminal to repair something. */
export const ROUTING_KINDS = ISTIO_API_KINDS.filter(({ kind }) => ROUTING.includes(kind));

const OTHERS: readonly ApiKind[] = [
  { kind: 'Service', apiVersion: 'v1', plural: 'services' },
  { kind: 'Deployment', apiVersion: 'apps/v1', plural: 'deployments' },
];

/** The kind of that name, or null: 'serviceentry' and 'ServiceEntry' are the same. */
export function kindNamed(name: string): ApiKind | null {
  const wanted = name.toLowerCase();
  return [...ISTIO_API_KINDS, ...OTHERS].find(k => k.kind.toLowerCase() === wanted) ?? null;
}

/** One object whatever version of its API it was written in: 'networking.istio.io/ServiceEntry/mesh-network/door'. */
export function keyOf(ref: ObjectRef): string {
  const group = ref.apiVersion.includes('/') ? (ref.apiVersion.split('/')[0] ?? '') : '';
  return `${group}/${ref.kind}/${ref.namespace ?? ''}/${ref.name}`;
}

/** As kubectl and our screens say it: 'ServiceEntry/door'. */
export function shortName(ref: ObjectRef): string {
  return `${ref.kind}/${ref.name}`;
}

export function isIstio(ref: Pick<ObjectRef, 'apiVersion'>): boolean {
  return ref.apiVersion.includes('istio.io/');
}
