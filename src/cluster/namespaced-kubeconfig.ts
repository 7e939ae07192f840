/** A kubeconfig of ours that leads to a cluster, with a default namespace that changes: kubectl reads it each time. */
import { parse, stringify } from 'yaml';
import type { Kubeconfig } from '../kube/client.ts';
import { readUserKubeconfig, takeContext } from './providers/context/user-kubeconfig.ts';
import { removeKubeconfig, writeKubeconfig } from './providers/own-kubeconfig.ts';

export interface NamespacedKubeconfig {
  readonly path: string;
  /** Writes the file. Throws a UserError when something other than ours is there, or it cannot be written. */
  use(namespace: string): void;
  /** Removes it, unless somebody has put more into it. */
  remove(): void;
}

/** `cluster` is only read. */
export function namespacedKubeconfig(path: string, cluster: Kubeconfig): NamespacedKubeconfig {
  const own = { path, context: cluster.context };
  return {
    path,
    use: namespace => copyKubeconfig(path, cluster.path, namespace, cluster.context),
    remove: () => removeKubeconfig(own),
  };
}

/**
 * Writes one context of a kubeconfig (the current one unless named) with another default namespace. Throws a UserError
 * when something other than ours is at `path`, or it cannot be written.
 */
export function copyKubeconfig(path: string, from: string, namespace: string, context?: string): void {
  const { text, name } = takeContext(readUserKubeconfig([from]), context);
  const config = parse(text) as { contexts: [{ context: { namespace?: string } }] };
  config.contexts[0].context.namespace = namespace;
  writeKubeconfig({ path, context: name }, stringify(config));
}
