/** What istiod and the sandbox say about a mesh, in one form. */
import type { EnvoyConfig } from '../../../src/envoy/config.ts';
import { analyze } from '../../../src/istio/analysis/analyze.ts';
import type { Message } from '../../../src/istio/analysis/message.ts';
import type { Resource } from '../../../src/istio/resource.ts';
import { invalidMessage } from '../../../src/istio/schema/cause.ts';
import { checkSchema } from '../../../src/istio/schema/check.ts';
import { admissionOf } from '../../../src/istio/validation/validate.ts';
import { translate } from '../../../src/sandbox/istiod/translate.ts';
import { snapshotOf } from '../../../test/support/recorded-snapshot.ts';
import type { Mesh } from './mesh.ts';
import { WORLD } from './world.ts';

export interface Verdict {
  /** Kind/namespace/name */
  readonly object: string;
  readonly by?: 'schema' | 'webhook';
  readonly message: string;
}

export interface Answer {
  readonly id: string;
  readonly refused: readonly Verdict[];
  readonly warned: readonly Verdict[];
  /** One for each client of the mesh. */
  readonly proxies: readonly EnvoyConfig[];
  readonly analysis: readonly Pick<Message, 'code' | 'level' | 'origin' | 'message'>[];
  readonly error?: string;
}

/** The sandbox's answer to a mesh. */
export function sandboxAnswer({ id, objects, clients }: Mesh, analysed = true): Answer {
  const refused: Verdict[] = [];
  const warned: Verdict[] = [];
  const taken: Resource[] = [...WORLD];
  for (const object of objects) {
    const admitted = object.apiVersion.includes('istio.io') ? admit(object, refused, warned) : object;
    if (admitted !== null) taken.push(admitted);
  }
  const snapshot = snapshotOf(taken);
  return {
    id,
    refused,
    warned,
    proxies: clients.map(client => translate(snapshot, client)),
    analysis: analysed ? analyze(taken) : [],
  };
}

/** The object as it would be stored; null when it is refused. */
export function admit(object: Resource, refused: Verdict[], warned: Verdict[]): Resource | null {
  const name = `${object.kind}/${object.metadata.namespace ?? ''}/${object.metadata.name}`;
  const { causes, object: stored, unknownFields } = checkSchema(object);
  if (unknownFields.length > 0) {
    refused.push({ object: name, by: 'schema', message: `unknown fields ${unknownFields.join(', ')}` });
    return null;
  }
  if (causes.length > 0) {
    refused.push({ object: name, by: 'schema', message: invalidMessage(object, causes) });
    return null;
  }
  const { denied, warnings } = admissionOf(stored);
  if (denied !== undefined) {
    refused.push({ object: name, by: 'webhook', message: denied.message });
    return null;
  }
  for (const message of warnings) warned.push({ object: name, message });
  return { ...stored, metadata: object.metadata };
}
