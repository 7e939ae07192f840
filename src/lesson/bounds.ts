/**
 * Where lessons write: Istio's objects, in the namespaces of the learner's own world, whatever a course or a file says.
 * Every write of a lesson passes `refuseBeyond` (connect-mesh.ts); a file is checked before any of it is applied, so
 * that the error can name the file and the line. What a course may say is narrower: course/allowed-objects.ts. Pure.
 */
import type { ObjectRef } from '../kube/client.ts';
import { ISTIO_API_KINDS, keyOf, shortName } from '../kube/kinds.ts';
import { UserError } from '../shared/errors.ts';

/** Checked because it becomes part of a URL: which versions there are is for the API to say. */
const VERSION = /^[a-z0-9]+$/;

/** Why a lesson may not write an object; null if it may. `namespaces`: those of the learner's world. */
export function beyond(ref: ObjectRef, namespaces: readonly string[]): string | null {
  const namespace = ref.namespace ?? '';
  if (!namespaces.includes(namespace)) {
    const where = namespace === '' ? 'It is in no namespace' : `Its namespace is ${namespace}`;
    return `${where}; lessons write only into ${listed(namespaces)}.`;
  }
  const [, version = '', ...rest] = ref.apiVersion.split('/');
  const known = ISTIO_API_KINDS.some(
    kind => keyOf({ ...kind, name: '' }) === keyOf({ ...ref, name: '', namespace: '' }),
  );
  if (!known || rest.length > 0 || !VERSION.test(version)) {
    return `${ref.kind} of ${ref.apiVersion} is not one of Istio's kinds that lessons work with.`;
  }
  // Either would make another URL than that of an object of this name.
  return ref.name === '.' || ref.name === '..' ? `Nothing can have the name ${ref.name}.` : null;
}

/** The wall: throws a UserError for what a lesson may not write. */
export function refuseBeyond(ref: ObjectRef, namespaces: readonly string[]): void {
  const why = beyond(ref, namespaces);
  if (why === null) return;
  throw new UserError({
    what: `${shortName(ref)} is not for a lesson to change. Nothing was written.`,
    why,
    next: ['kubectl   changes what is yours elsewhere'],
  });
}

/** The same for an object of a learner's file, with its file and line. */
export function refuseInFile(
  { ref, line }: { readonly ref: ObjectRef; readonly line: number },
  file: string,
  namespaces: readonly string[],
): void {
  const why = beyond(ref, namespaces);
  if (why === null) return;
  throw new UserError({
    what: `${file}, line ${line}: ${shortName(ref)} is not applied, nor is anything else in the file.`,
    why,
    next: [
      `Put line ${line} right, or take the object out, and save.`,
      'kubectl apply -f FILE   applies what is yours elsewhere, from another folder',
    ],
  });
}

function listed(names: readonly string[]): string {
  return names.length < 2 ? names.join() : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
}
