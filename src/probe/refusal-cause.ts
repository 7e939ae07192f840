/**
 * Why a sidecar refused an update: Envoy's words to one plain sentence each, and the objects whose fields are at fault.
 * Nothing is guessed: only Envoy's words say that something was refused. Pure.
 */
import type { Resource } from '../istio/resource.ts';
import type { Fault } from './refusal-fields.ts';
import { type Objects, RULES } from './refusal-rules.ts';

export interface RefusalCause {
  readonly sentence: string;
  readonly at: readonly Fault[];
}

/** Null: the words are not known here. */
export function refusalCause(words: string, resources: readonly Resource[]): RefusalCause | null {
  const of = <T>(kind: string) => resources.filter(each => each.kind === kind) as T[];
  const objects: Objects = {
    entries: of('ServiceEntry'),
    services: of('VirtualService'),
    rules: of('DestinationRule'),
    sidecars: of('Sidecar'),
  };
  for (const rule of RULES) {
    const match = rule.words.exec(words);
    if (match === null) continue;
    const sentence = typeof rule.sentence === 'string' ? rule.sentence : rule.sentence(match);
    return { sentence, at: rule.find(objects, match) };
  }
  return null;
}

/** The cause as sentences, with what it means. */
export function causeText({ sentence, at }: RefusalCause): string {
  const faults = [
    ...new Set(at.map(({ kind, namespace, name, what }) => `${kind} ${namespace}/${name}, ${what}`)),
  ];
  const text = [
    sentence,
    ...(faults.length > 0 ? [`At fault: ${faults.join('; ')}.`] : []),
    'Until that is mended the sidecar keeps what it had, and takes no later change of it either.',
  ].join(' ');
  return text.replace(/\s+/g, ' ');
}
