/**
 * Kubernetes' Status: how the API says no. Texts, codes and reasons are the real server's.
 * Source: apimachinery/pkg/api/errors/errors.go, apimachinery/pkg/apis/meta/v1/types.go.
 */
import { goQuote } from '../../istio/go-text.ts';
import type { ResourceName } from '../rooms.ts';

export interface StatusCause {
  readonly reason?: string;
  readonly message?: string;
  readonly field?: string;
}

export interface StatusDetails {
  readonly name?: string;
  readonly group?: string;
  /** The plural of the resource; for Invalid, the kind. */
  readonly kind?: string;
  readonly uid?: string;
  readonly causes?: readonly StatusCause[];
  readonly retryAfterSeconds?: number;
}

export interface Status {
  readonly kind: 'Status';
  readonly apiVersion: 'v1';
  readonly metadata: Record<string, never>;
  readonly status: 'Success' | 'Failure';
  readonly message?: string;
  readonly reason?: string;
  readonly details?: StatusDetails;
  readonly code?: number;
}

/** A refusal by the API, thrown wherever it is found and sent as it is. A `reason` of '' is left out. */
export class StatusError extends Error {
  readonly code: number;
  readonly reason: string;
  readonly details: StatusDetails | undefined;

  constructor(code: number, reason: string, message: string, details?: StatusDetails) {
    super(message);
    this.name = 'StatusError';
    this.code = code;
    this.reason = reason;
    this.details = details;
  }

  toStatus(): Status {
    return {
      kind: 'Status',
      apiVersion: 'v1',
      metadata: {},
      status: 'Failure',
      message: this.message,
      ...(this.reason === '' ? {} : { reason: this.reason }),
      ...(this.details ? { details: this.details } : {}),
      code: this.code,
    };
  }
}

/** Splits 'serviceentries.networking.istio.io' into { group, kind }, as in details. */
function detailsOf(resource: ResourceName, name?: string): StatusDetails {
  const dot = resource.indexOf('.');
  return {
    ...(name ? { name } : {}),
    ...(dot < 0 ? { kind: resource } : { group: resource.slice(dot + 1), kind: resource.slice(0, dot) }),
  };
}

export function notFound(resource: ResourceName, name: string): StatusError {
  return new StatusError(404, 'NotFound', `${resource} "${name}" not found`, detailsOf(resource, name));
}

/** The server's answer for a path that does not exist. */
export function noSuchPath(): StatusError {
  return new StatusError(404, 'NotFound', 'the server could not find the requested resource', {});
}

export function alreadyExists(resource: ResourceName, name: string): StatusError {
  const message = `${resource} "${name}" already exists`;
  return new StatusError(409, 'AlreadyExists', message, detailsOf(resource, name));
}

export function conflict(
  resource: ResourceName,
  name: string,
  why = 'the object has been modified; please apply your changes to the latest version and try again',
): StatusError {
  const message = `Operation cannot be fulfilled on ${resource} "${name}": ${why}`;
  return new StatusError(409, 'Conflict', message, detailsOf(resource, name));
}

/** What somebody may not do, or nobody may. `name`: '' for none. Source: errors.go (NewForbidden). */
export function forbidden(
  resource: ResourceName,
  name: string,
  why: string,
  causes?: readonly StatusCause[],
): StatusError {
  const what = name === '' ? resource : `${resource} ${goQuote(name)}`;
  const details = { ...detailsOf(resource, name), ...(causes && { causes }) };
  return new StatusError(403, 'Forbidden', `${what} is forbidden: ${why}`, details);
}

export function badRequest(message: string): StatusError {
  return new StatusError(400, 'BadRequest', message);
}

/** For what wants to go on from a version that is no longer remembered. */
export function expired(message: string): StatusError {
  return new StatusError(410, 'Expired', message);
}

export function methodNotAllowed(why: string | null = null): StatusError {
  const message = 'the server does not allow this method on the requested resource';
  return new StatusError(405, 'MethodNotAllowed', why === null ? message : `${message}: ${why}`, {});
}

/** Nobody reads more; and a body full of mistakes would be answered with many times its size. */
const MOST_CAUSES = 100;

/**
 * A refusal by validation. One cause is given as it is, several as Go prints a list; kubectl makes bullet points from
 * details.causes. A cause's message holds value and reason ('Invalid value: "x": must be ...'), its field the path.
 */
export function invalid(
  kind: string,
  group: string,
  name: string,
  causes: readonly StatusCause[],
): StatusError {
  const qualified = group === '' ? kind : `${kind}.${group}`;
  const told = causes.slice(0, MOST_CAUSES);
  const texts = [...new Set(told.map(each => `${each.field}: ${each.message}`))];
  const listed = texts.length === 1 ? texts[0] : `[${texts.join(', ')}]`;
  const details = { name, ...(group === '' ? {} : { group }), kind, causes: told };
  return new StatusError(422, 'Invalid', `${qualified} "${name}" is invalid: ${listed}`, details);
}
