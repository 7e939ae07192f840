/**
 * What Istio's injector says about annotations whose values it cannot parse: the pod is refused, whoever creates it.
 * Source: pkg/kube/inject/validate.go; the inner texts are Go's (strconv, net/netip). Pure.
 */
import { isIP } from 'node:net';
import { goQuote } from '../../../istio/go-text.ts';
import { QUANTITY_SYNTAX, quantity } from '../../quantity.ts';
import { CAPTURE, INTERCEPTION } from '../capture.ts';

/** Null: nothing is wrong. */
type Rule = (value: string) => string | null;

const number =
  (bits: 16 | 32): Rule =>
  text => {
    const fault = (what: string) => `strconv.ParseUint: parsing ${goQuote(text)}: ${what}`;
    if (!/^\d+$/.test(text)) return fault('invalid syntax');
    return Number(text) < 2 ** bits ? null : fault('value out of range');
  };

const port: Rule = text => prefixed(`failed parsing port '${text}': `, number(16)(text.trim()));

function prefixed(prefix: string, fault: string | null): string | null {
  return fault === null ? null : `${prefix}${fault}`;
}

/** A list, separated by commas; the first fault counts. */
const each =
  (prefix: string, rule: Rule): Rule =>
  text => {
    const faults = text === '' ? [] : text.split(',').map(rule);
    return prefixed(prefix, faults.find(fault => fault !== null) ?? null);
  };

const ports = (name: string): Rule => {
  const rule = each(`${name} invalid: `, one => prefixed(`failed parsing port '${one}': `, port(one)));
  return text => rule(text.trim());
};

const range: Rule = text => {
  const fault = (what: string) =>
    `failed parsing cidr '${text}': netip.ParsePrefix(${goQuote(text)}): ${what}`;
  const slash = text.lastIndexOf('/');
  if (slash < 0) return fault("no '/'");
  const [ip, bits] = [text.slice(0, slash), text.slice(slash + 1)];
  if (isIP(ip) === 0) return fault(`ParseAddr(${goQuote(ip)}): ${notAnAddress(ip)}`);
  if (ip.includes('%')) return fault('IPv6 zones cannot be present in a prefix');
  if (!/^(0|[1-9]\d{0,2})$/.test(bits)) return fault(`bad bits after slash: ${goQuote(bits)}`);
  return Number(bits) <= (isIP(ip) === 4 ? 32 : 128) ? null : fault('prefix length out of range');
};

/** Of Go's many errors, those that dotted numbers can cause. */
function notAnAddress(ip: string): string {
  if (!/[.:]/.test(ip)) return 'unable to parse IP';
  const strange = ip.includes(':') ? -1 : ip.search(/[^\d.]/);
  if (strange >= 0) return `unexpected character (at ${goQuote(ip.slice(strange))})`;
  if (ip.includes(':')) return 'each colon-separated field must have at least one digit';
  const fields = ip.split('.');
  if (fields.some(field => field === '')) return 'IPv4 field must have at least one digit';
  if (fields.some(field => /^0\d/.test(field))) return 'IPv4 field has octet with leading zero';
  if (fields.some(field => Number(field) > 255)) return 'IPv4 field has value >255';
  return `IPv4 address too ${fields.length < 4 ? 'short' : 'long'}`;
}

const orAll =
  (rule: Rule): Rule =>
  text =>
    text === '*' ? null : rule(text);

const boolean: Rule = text =>
  /^(1|t|T|TRUE|true|True|0|f|F|FALSE|false|False)$/.test(text)
    ? null
    : `strconv.ParseBool: parsing ${goQuote(text)}: invalid syntax`;

const amount: Rule = text => {
  if (/\p{Cc}/u.test(text)) return 'value contains control characters';
  return quantity(text) === null ? QUANTITY_SYNTAX : null;
};

const interfaces = each('', text => {
  const name = text.trim();
  if (name === '') return 'empty interface name';
  if (name.length > 15) return `interface name ${goQuote(name)} too long (max 15 chars)`;
  return /^[a-zA-Z][a-zA-Z0-9_.-]*$/.test(name)
    ? null
    : `interface name ${goQuote(name)} contains invalid characters`;
});

const RULES: Readonly<Record<string, Rule>> = {
  [INTERCEPTION]: text =>
    ['REDIRECT', 'TPROXY', 'NONE'].includes(text)
      ? null
      : `interceptionMode invalid, use REDIRECT,TPROXY,NONE: ${text}`,
  'status.sidecar.istio.io/port': text => prefixed('excludeInboundPorts invalid: ', port(text)),
  'readiness.status.sidecar.istio.io/initialDelaySeconds': number(32),
  'readiness.status.sidecar.istio.io/periodSeconds': number(32),
  'readiness.status.sidecar.istio.io/failureThreshold': number(32),
  [`${CAPTURE}includeOutboundIPRanges`]: orAll(each('includeIPRanges invalid: ', range)),
  [`${CAPTURE}excludeOutboundIPRanges`]: each('excludeIPRanges invalid: ', range),
  [`${CAPTURE}includeInboundPorts`]: orAll(ports('includeInboundPorts')),
  [`${CAPTURE}excludeInboundPorts`]: ports('excludeInboundPorts'),
  [`${CAPTURE}excludeOutboundPorts`]: ports('excludeOutboundPorts'),
  [`${CAPTURE}excludeInterfaces`]: interfaces,
  [`${CAPTURE}kubevirtInterfaces`]: interfaces,
  'istio.io/reroute-virtual-interfaces': interfaces,
  'prometheus.istio.io/merge-metrics': boolean,
  'sidecar.istio.io/proxyCPU': amount,
  'sidecar.istio.io/proxyMemory': amount,
  'sidecar.istio.io/proxyCPULimit': amount,
  'sidecar.istio.io/proxyMemoryLimit': amount,
};

/** Throws like the injector, with everything that is wrong. */
export function checkAnnotations(annotations: Readonly<Record<string, string>>): void {
  const faults = Object.entries(annotations).flatMap(([name, value]) => {
    const fault = Object.hasOwn(RULES, name) ? RULES[name]?.(value) : null;
    return fault == null ? [] : [`* invalid value '${value}' for annotation '${name}': ${fault}`];
  });
  if (faults.length === 0) return;
  const count = faults.length === 1 ? '1 error' : `${faults.length} errors`;
  throw new Error(`${count} occurred:\n\t${faults.join('\n\t')}\n\n`);
}
