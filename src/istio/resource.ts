/**
 * Kubernetes objects as Istio's rules see them. This room holds what Istio defines about its own API (kinds, schemas,
 * validation, analysis), the same on every provider. Pure; it imports no other room except shared/.
 */

export interface Metadata {
  name: string;
  namespace?: string;
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
  /** ISO time in whole seconds, as the API writes it. */
  creationTimestamp?: string;
  deletionTimestamp?: string;
  generateName?: string;
  generation?: number;
  resourceVersion?: string;
  uid?: string;
  [key: string]: unknown;
}

export interface Resource<Spec = unknown> {
  apiVersion: string;
  kind: string;
  metadata: Metadata;
  spec?: Spec;
  status?: unknown;
  [key: string]: unknown;
}

export const ISTIO_NETWORKING = 'networking.istio.io';
