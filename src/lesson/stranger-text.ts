/** What lies outside the world but matters in it, as a sentence with the command that removes it. Pure. */
import { shortName } from '../kube/kinds.ts';
import type { Stranger } from './mesh.ts';

export function strangerText({ ref, why }: Stranger): string {
  const { kind, name, namespace } = ref;
  const what = `${shortName(ref)} in ${namespace}`;
  const line = `kubectl delete ${kind.toLowerCase()} ${name} -n ${namespace}`;
  return why === 'root'
    ? `${what} holds for every namespace of the cluster, this one too. To take it away: ${line}`
    : `${what} was left: other questions use that namespace. To take it away: ${line}`;
}
