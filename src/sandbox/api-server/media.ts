/** The form in which an answer is wanted. Source: apiserver/pkg/endpoints/handlers/negotiation, handlers/response.go */
import { PROTOBUF, PROTOBUF_STREAM } from './protobuf/wire.ts';
import { StatusError } from './status.ts';

export type Form = 'object' | 'table' | 'metadata' | 'protobuf';

const META = { g: 'meta.k8s.io', v: 'v1' };

/**
 * The first form in the Accept header that the server supports; protobuf only for clients that take nothing else. Throws
 * NotAcceptable (406) if there is none.
 */
export function formOf(accept: string | undefined, binary = false): Form {
  if (accept === undefined || accept.trim() === '') return 'object';
  for (const each of accept.split(',')) {
    const [type = '', ...rest] = each.split(';').map(part => part.trim());
    if (!['application/json', 'application/*', '*/*'].includes(type)) continue;
    const parameters = new Map(rest.map(part => part.split('=', 2) as [string, string]));
    const as = parameters.get('as');
    if (as === undefined) return 'object';
    if (parameters.get('g') !== META.g || parameters.get('v') !== META.v) continue;
    if (as === 'Table') return 'table';
    if (as === 'PartialObjectMetadata' || as === 'PartialObjectMetadataList') return 'metadata';
  }
  const takesBinary = accept
    .split(',')
    .some(each => [PROTOBUF, PROTOBUF_STREAM].includes(each.replaceAll(' ', '')));
  if (binary && takesBinary) return 'protobuf';
  throw new StatusError(
    406,
    'NotAcceptable',
    'only the following media types are accepted: application/json, application/json;stream=watch',
  );
}
