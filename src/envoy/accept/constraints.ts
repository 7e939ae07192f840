/**
 * The constraints that Envoy's protos declare on their own fields (protoc-gen-validate): a message that breaks one is
 * refused with everything that came with it. The rules for each message are tables (route-constraints.ts,
 * cluster-constraints.ts); this file evaluates them, in Envoy's wording.
 * Source: envoyproxy/envoy api/**.proto; the wording is from the C++ that protoc-gen-validate generates.
 */

/** Null: satisfied. Otherwise the reason, preceded by the path of messages down to the field. */
export type Constraint = (value: unknown) => string | null;

export interface ConstrainedMessage {
  /** 'RouteAction'. */
  readonly name: string;
  /** In the order in which Envoy checks them. */
  readonly fields: readonly (readonly [field: string, check: Constraint])[];
  /** A oneof in which one field must be set: its name and its fields. */
  readonly oneOf?: readonly [name: string, fields: readonly string[]];
}

/** Null, or 'Proto constraint validation failed (...)'. */
export function constraintRefusal(message: ConstrainedMessage, value: object): string | null {
  const found = embedded(message)(value);
  return found === null ? null : `Proto constraint validation failed (${found.slice(EMBEDDED.length)})`;
}

const EMBEDDED = 'embedded message failed validation | caused by ';

/** A field that is itself a message. */
export function embedded(message: ConstrainedMessage): Constraint {
  return value => {
    if (typeof value !== 'object' || value === null) return null;
    const fields = value as Readonly<Record<string, unknown>>;
    for (const [field, check] of message.fields) {
      const found = check(fields[field]);
      if (found === null) continue;
      const [index, reason] = /^(\[\d+\]): /.test(found) ? split(found) : ['', found];
      return `${EMBEDDED}${message.name}ValidationError.${pascal(field)}${index}: ${reason}`;
    }
    const [choice, choices] = message.oneOf ?? ['', []];
    return choice === '' || choices.some(field => fields[field] !== undefined)
      ? null
      : `${EMBEDDED}field: "${choice}", reason: is required`;
  };
}

function split(found: string): [string, string] {
  const end = found.indexOf(': ');
  return [found.slice(0, end), found.slice(end + 2)];
}

/** A list: first its bounds, then its items. */
export function list(item: Constraint, { min = 0, max = Number.POSITIVE_INFINITY } = {}): Constraint {
  return value => {
    if (!Array.isArray(value)) return null;
    if (value.length < min) return `value must contain at least ${min} item(s)`;
    if (value.length > max) return `value must contain no more than ${max} item(s)`;
    for (const [index, each] of value.entries()) {
      const found = item(each);
      if (found !== null) return `[${index}]: ${found}`;
    }
    return null;
  };
}

/**
 * Bounds count bytes. JSON leaves an empty text out, so a missing one is too short as well; except for a field of a
 * oneof (`chosen`), which is then not checked.
 */
export function text({
  min = 0,
  max = Number.POSITIVE_INFINITY,
  header = false,
  chosen = false,
} = {}): Constraint {
  return value => {
    if (value === undefined && min > 0 && !chosen) return `value length must be at least ${min} characters`;
    if (typeof value !== 'string') return null;
    if (value.length < min) return `value length must be at least ${min} characters`;
    if (Buffer.byteLength(value) > max) return `value length must be at most ${max} bytes`;
    return header && /[\0\n\r]/.test(value)
      ? String.raw`value does not match regex pattern "^[^\x00\n\r]*$"`
      : null;
  };
}

/** A number, which may be a 64-bit one written as text; `below` is an exclusive bound. */
export function number(range: { min?: number; max?: number; below?: number }): Constraint {
  return value => {
    if (value === undefined) return null;
    const is = Number(value);
    const { min = Number.NEGATIVE_INFINITY, max = Number.POSITIVE_INFINITY, below } = range;
    if (below !== undefined && (is < min || is >= below))
      return `value must be inside range [${min}, ${below})`;
    if (is > max) return `value must be less than or equal to ${max}`;
    return is < min ? `value must be greater than or equal to ${min}` : null;
  };
}

/** '1.5s', greater than zero. */
export const positive: Constraint = value =>
  value === undefined || Number.parseFloat(String(value)) > 0 ? null : 'value must be greater than 0s';

/** 'request_headers_to_add' -> 'RequestHeadersToAdd'. */
function pascal(field: string): string {
  return field.replace(/(?:^|_)([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}
