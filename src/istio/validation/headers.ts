/**
 * Header names and values. Source: pkg/config/validation/validation.go, header_value_validator.go (a port of
 * Envoy's own parser), pkg/jwt/routing.go.
 */
import { goQuote } from '../go-text.ts';
import type { HeaderOperations, Headers } from '../types.ts';
import type { ProblemText, Report } from './report.ts';

const HEADER_NAME = /^[!#$%&'*+\-.^_`|~A-Za-z0-9]+$/;
const PSEUDO_HEADERS = new Set([':method', ':scheme', ':authority', ':path', ':status']);
const EMPTY = 'header name cannot be empty';

const invalidName = (name: string): ProblemText =>
  HEADER_NAME.test(name) ? null : `header name ${name} is not a valid header name`;

/** '@request.auth.claims.group' or '@request.auth.claims[group]'. */
export function isJwtClaim(name: string): boolean {
  return /^@request\.auth\.claims(?:\..+|\[.+\])$/is.test(name);
}

export function matchedHeaderNameProblem(name: string): ProblemText {
  if (name === '') return EMPTY;
  return isJwtClaim(name) || PSEUDO_HEADERS.has(name) ? null : invalidName(name);
}

export function corsHeaderNameProblem(name: string): ProblemText {
  if (name === '') return EMPTY;
  return name === '*' ? null : invalidName(name);
}

const isHost = (name: string): boolean => name.toLowerCase() === 'host';
/** Both mean the Host header. */
export const isAuthority = (name: string): boolean => isHost(name) || name.toLowerCase() === ':authority';

/** Adding or setting in a request may name the authority. */
function requestNameProblem(name: string): ProblemText {
  if (name === '') return EMPTY;
  const internal = name.startsWith(':') && !isAuthority(name);
  return internal ? `invalid header ${goQuote(name)}: header cannot have ":" prefix` : null;
}

function operationNameProblem(name: string): ProblemText {
  if (name === '') return EMPTY;
  if (isHost(name)) return `invalid header ${goQuote(name)}: cannot set Host header`;
  return name.startsWith(':') ? `invalid header ${goQuote(name)}: header cannot have ":" prefix` : null;
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters that a header may not hold.
const HEADER_VALUE = /^[^\x00-\x08\x0A-\x1F\x7F]*$/;

function headerValueProblem(value: string): ProblemText {
  if (!HEADER_VALUE.test(value)) return `header value configuration ${value} is invalid`;
  const problem = formatProblem(value);
  return problem === null ? null : `header value configuration: invalid header configuration. ${problem}`;
}

type State = 'literal' | 'name' | 'array' | 'delimiter' | 'string-start' | 'string' | 'args-end' | 'end';

/** %VARIABLE% and %VARIABLE(["a", "b"])%; %% is a percent sign. */
function formatProblem(value: string): ProblemText {
  let state: State = 'literal';
  for (let at = 0; at < value.length; at++) {
    const char = value[at] ?? '';
    const last = at + 1 >= value.length;
    const space = char === ' ';
    switch (state) {
      case 'literal':
        if (char !== '%') break;
        if (last) return 'Un-escaped %';
        if (value[at + 1] === '%') at++;
        else state = 'name';
        break;
      case 'name':
        if (char === '%') state = 'literal';
        if (char === '(') state = 'array';
        break;
      case 'array':
        if (char === '[') state = 'string-start';
        else if (!space) state = 'string';
        break;
      case 'delimiter':
        if (char === ',') state = 'string-start';
        else if (char === ']') state = 'args-end';
        else if (!space) return "Expecting ',', ']', or whitespace";
        break;
      case 'string-start':
        if (char === '"') state = 'string';
        else if (!space) return `Expecting '"'`;
        break;
      case 'string':
        if (char === '\\') {
          if (last) return 'Un-terminated backslash in JSON string';
          at++;
        } else if (char === ')') state = 'end';
        else if (char === '"') state = 'delimiter';
        break;
      case 'args-end':
        if (char === ')') state = 'end';
        else if (!space) return "Expecting ')' or whitespace after '{}', but found '{}'";
        break;
      case 'end':
        if (char === '%') state = 'literal';
        else if (!space) return "Expecting '%' or whitespace after";
        break;
    }
  }
  return state === 'literal' ? null : `Un-terminated variable expression '${value}'`;
}

/** Header operations of a route, or of one of its destinations. */
export function checkHeaders(headers: Headers | undefined, report: Report): void {
  checkOperations(headers?.request, requestNameProblem, report);
  checkOperations(headers?.response, operationNameProblem, report);
}

function checkOperations(
  operations: HeaderOperations | undefined,
  nameProblem: (name: string) => ProblemText,
  report: Report,
): void {
  for (const changes of [operations?.add, operations?.set]) {
    for (const [name, value] of Object.entries(changes ?? {})) {
      report.error(nameProblem(name), headerValueProblem(value));
    }
  }
  for (const name of operations?.remove ?? []) report.error(operationNameProblem(name));
}
