/**
 * Names, addresses and ports. Source: pkg/config/validation/agent/validation.go, pkg/config/labels/instance.go,
 * pkg/config/host/name.go.
 */
import { isIP, isIPv4 } from 'node:net';
import { goQuote } from '../go-text.ts';
import type { ProblemText, Report } from './report.ts';

const LABEL = '[a-zA-Z0-9](?:[-a-zA-Z0-9]*[a-zA-Z0-9])?';
const DNS_LABEL = new RegExp(`^${LABEL}$`);
const WILDCARD_LABEL = new RegExp(`^(?:\\*|(?:\\*|\\*-)?${LABEL})$`);
const QUALIFIED_NAME = '(?:[A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]';
const TAG_KEY = new RegExp(`^(${LABEL}(?:\\.${LABEL})*/)?(${QUALIFIED_NAME})$`);
const TAG_VALUE = new RegExp(`^(?:${QUALIFIED_NAME})?$`);

export const isDnsLabel = (text: string): boolean => text.length <= 63 && DNS_LABEL.test(text);

const invalidLabel = (domain: string, label: string): string =>
  `domain name ${goQuote(domain)} invalid (label ${goQuote(label)} invalid)`;

function sizeProblem(name: string): ProblemText {
  if (name.length > 255) return `domain name ${goQuote(name)} too long (max 255)`;
  return name === '' ? 'empty domain name not allowed' : null;
}

function labelsProblem(domain: string): ProblemText {
  const parts = domain.split('.');
  const top = parts.at(-1) ?? '';
  if (/^[-+]?\d+$/.test(top)) {
    return `domain name ${goQuote(domain)} invalid (top level domain ${goQuote(top)} cannot be all-numeric)`;
  }
  // The last part may be empty: 'istio.io.' is unambiguous.
  if (top === '') parts.pop();
  const bad = parts.find(part => !isDnsLabel(part));
  return bad === undefined ? null : invalidLabel(domain, bad);
}

export function fqdnProblem(name: string): ProblemText {
  return sizeProblem(name) ?? labelsProblem(name);
}

/** Like fqdnProblem, but the first label may be, or begin with, a wildcard. */
export function wildcardDomainProblem(domain: string): ProblemText {
  const size = sizeProblem(domain);
  if (size !== null) return size;
  const dot = domain.indexOf('.');
  const first = dot < 0 ? domain : domain.slice(0, dot);
  if (first.length > 63 || !WILDCARD_LABEL.test(first)) return invalidLabel(domain, first);
  return dot < 0 ? null : labelsProblem(domain.slice(dot + 1));
}

const SNI_FORMAT = 'outbound_.<PORT>_._.<HOSTNAME>';

/** Gateways also accept the names that AUTO_PASSTHROUGH generates: outbound_.80_._.e2e.foobar.mesh. */
export function gatewayDomainProblem(isSni: boolean, domain: string): ProblemText {
  const size = sizeProblem(domain);
  if (size !== null || !isSni || !domain.startsWith('outbound_'))
    return size ?? wildcardDomainProblem(domain);
  const parts = domain.split('_');
  if (parts.length < 4) return `domain name ${domain} invalid, should follow '${SNI_FORMAT}' format`;
  const [port, host] = [parts[1] ?? '', parts[3] ?? ''].map(part => part.replace(/^\.+|\.+$/g, ''));
  if (!/[0-9]/.test(port ?? ''))
    return `${invalidLabel(domain, port ?? '')}. should follow ${SNI_FORMAT} format`;
  if (!/[a-zA-Z]/.test(host ?? ''))
    return `${invalidLabel(domain, host ?? '')}. should follow ${SNI_FORMAT} format`;
  return null;
}

export function partialWildcardProblem(host: string): ProblemText {
  const partial = host.includes('*') && host.length !== 1 && !host.startsWith('*.');
  return partial ? `partial wildcard ${goQuote(host)} not allowed` : null;
}

export const isIpAddress = (text: string): boolean => isIP(text) !== 0;

export const ipProblem = (address: string): ProblemText =>
  isIpAddress(address) ? null : `${address} is not a valid IP`;

export function subnetProblem(subnet: string): ProblemText {
  const [address = '', bits = '', ...more] = subnet.split('/');
  if (!subnet.includes('/') || more.length > 0) return ipProblem(subnet);
  const limit = isIPv4(address) ? 32 : 128;
  const valid =
    isIpAddress(address) &&
    !address.includes('%') &&
    /^(0|[1-9]\d{0,2})$/.test(bits) &&
    Number(bits) <= limit;
  return valid ? null : `${subnet} is not a valid CIDR block`;
}

export const portProblem = (port: number): ProblemText =>
  port >= 1 && port <= 65535 ? null : `port number ${port} must be in the range 1..65535`;

export const portNameProblem = (name: string): ProblemText =>
  isDnsLabel(name) ? null : `invalid port name: ${name}`;

export function subsetNameProblem(name: string): ProblemText {
  if (name === '') return 'subset name cannot be empty';
  return isDnsLabel(name) ? null : `subset name is invalid: ${name}`;
}

/** `source` is what follows unix://. */
export function unixAddressProblem(address: string): ProblemText {
  if (address === '') return 'unix address must not be empty';
  if (address.startsWith('@') || (address.startsWith('/') && !address.endsWith('/'))) return null;
  return `${address} is not an absolute path to a file`;
}

/** labels.Instance.Validate: it returns its errors as a list. */
export function checkLabels(labels: Readonly<Record<string, string>> | undefined, report: Report): void {
  for (const [key, value] of Object.entries(labels ?? {})) {
    report.errorInList(tagKeyProblem(key));
    if (!TAG_VALUE.test(value)) report.errorInList(`invalid tag value: ${goQuote(value)}`);
  }
}

function tagKeyProblem(key: string): ProblemText {
  const found = TAG_KEY.exec(key);
  if (!found) return `invalid tag key: ${goQuote(key)}`;
  if ((found[1]?.length ?? 0) > 254) return `invalid tag key: ${goQuote(key)} (DNS prefix is too long)`;
  if ((found[2]?.length ?? 0) > 63) return `invalid tag key: ${goQuote(key)} (name is too long)`;
  return null;
}
