/**
 * What Envoy says when it refuses something, in the order in which it is looked for: a plain sentence, and where in the
 * objects the fault is. Pure.
 */
import { formatRefusal } from '../envoy/format-string.ts';
import type { DestinationRule, ServiceEntry, Sidecar, VirtualService } from '../istio/types.ts';
import {
  type Fault,
  faults,
  hasPort,
  isIn,
  isPartial,
  lowerCase,
  rangeKey,
  serverNames,
  strings,
  subnets,
  twice,
  values,
} from './refusal-fields.ts';

export interface RefusalRule {
  readonly words: RegExp;
  readonly sentence: string | ((words: RegExpExecArray) => string);
  readonly find: (objects: Objects, words: RegExpExecArray) => Fault[];
}

export interface Objects {
  readonly entries: readonly ServiceEntry[];
  readonly services: readonly VirtualService[];
  readonly rules: readonly DestinationRule[];
  readonly sidecars: readonly Sidecar[];
}

/** Ports on which a sidecar listens for itself. */
const OWN_PORTS = new Set(['15001', '15006', '15021', '15090']);
const REDIRECT_CODES = new Set([301, 302, 303, 307, 308]);
const MAX_HEADER = 16_384;
const MAX_RING = 8_388_608;

export const RULES: readonly RefusalRule[] = [
  {
    words: /partial wildcards are not supported/,
    sentence: 'A wildcard in a TLS server name must be the whole first label, as in *.example.com.',
    find: ({ entries, services }) => [
      ...entries.flatMap(each => faults(each, (each.spec?.hosts ?? []).filter(isPartial), 'host')),
      ...services.flatMap(each => faults(each, serverNames(each).filter(isPartial), 'server name')),
    ],
  },
  {
    words:
      /'[^']*:(\d+)': (?:multiple filter chains with overlapping|filter chain .* has the same matching rules)/,
    sentence: ([, port]) =>
      `Two rules of port ${port} would take the same connections: one server name or address range twice, upper and lower case being the same.`,
    find: ({ entries, services }, [, port]) => {
      const there = entries.filter(each => hasPort(each, port));
      return [
        ...twice(there, each => each.spec?.hosts ?? [], lowerCase, 'host'),
        ...twice(there, each => each.spec?.addresses ?? [], rangeKey, 'address'),
        ...twice(services, each => serverNames(each, port), lowerCase, 'server name'),
        ...twice(services, each => subnets(each, port), rangeKey, 'subnet'),
      ];
    },
  },
  {
    words: /has duplicate address '[^']*:(\d+)'/,
    sentence: ([, port = '']) =>
      OWN_PORTS.has(port)
        ? `Port ${port} belongs to the sidecar itself.`
        : `Another listener of the sidecar has port ${port} at that address.`,
    find: ({ entries, sidecars }, [, port]) => [
      ...entries.filter(each => hasPort(each, port)).flatMap(each => faults(each, [port], 'port')),
      ...sidecars
        .filter(each => each.spec?.egress?.some(egress => String(egress.port?.number) === port))
        .flatMap(each => faults(each, [port], 'egress port')),
    ],
  },
  {
    words: /field: "action", reason: is required/,
    sentence:
      'A redirect with a code other than 301, 302, 303, 307 and 308 leaves its route without an action.',
    find: ({ services }) =>
      services.flatMap(each => {
        const codes = (each.spec?.http ?? []).flatMap(route => route.redirect?.redirectCode ?? []);
        return faults(
          each,
          codes.filter(code => !REDIRECT_CODES.has(code)),
          'redirectCode',
        );
      }),
  },
  {
    words: /RE2 program size/,
    sentence: 'A regular expression is too large: counts such as {1000} multiply.',
    find: ({ services }, { input }) =>
      services.flatMap(each =>
        faults(each, values(each.spec, 'regex', 'match').filter(isIn(input)), 'regex'),
      ),
  },
  {
    words: /(\w+)ValidationError\.\w+: value must be inside range \[200, 600\)/,
    sentence: 'An HTTP status must be from 200 to 599.',
    find: ({ services }) =>
      services.flatMap(each => {
        const statuses = values(each.spec, 'httpStatus', 'status').filter(value => Number(value) >= 600);
        return faults(each, statuses, 'status');
      }),
  },
  {
    words: /value does not match regex pattern "\^\[\^\\x00\\n\\r\]\*\$"/,
    sentence: 'A text that goes into a header or a path must not contain a line break.',
    find: ({ services, rules }) =>
      [...services, ...rules].flatMap(each => {
        const texts = [...strings(each.spec)].filter(text => /[\0\n\r]/.test(text));
        return faults(
          each,
          texts.map(text => JSON.stringify(text)),
          'text',
        );
      }),
  },
  {
    words: /value must contain no more than 1000 item/,
    sentence: 'A route can add 1000 headers at most.',
    find: ({ services }) =>
      services.flatMap(each => {
        const counts = values(each.spec, 'set', 'add').map(value => Object.keys(value ?? {}).length);
        return faults(
          each,
          counts.filter(count => count > 1000),
          'headers:',
        );
      }),
  },
  {
    words: /HeaderValueValidationError\.\w+: value length must be at most/,
    sentence: `A header's name and value can have ${MAX_HEADER} bytes at most.`,
    find: ({ services }) =>
      services.flatMap(each => {
        const long = [...strings(each.spec)].filter(text => Buffer.byteLength(text) > MAX_HEADER);
        return faults(
          each,
          long.map(text => `${text.slice(0, 20)}...`),
          'text',
        );
      }),
  },
  {
    words: /(?:MinimumRingSize|TableSize): value must be less than/,
    sentence: `A ring hash's minimumRingSize can be ${MAX_RING} at most.`,
    find: ({ rules }) =>
      rules.flatMap(each => {
        const sizes = values(each.spec, 'minimumRingSize').filter(value => Number(value) > MAX_RING);
        return faults(each, sizes, 'minimumRingSize');
      }),
  },
  {
    words: /UpstreamTlsContextValidationError\.Sni|SNI names containing NULL-byte/,
    sentence: 'A server name (SNI) can have 255 bytes at most, and none of them 0.',
    find: ({ rules }) =>
      rules.flatMap(each => {
        const names = values(each.spec, 'sni').map(String);
        const bad = names.filter(name => Buffer.byteLength(name) > 255 || name.includes('\0'));
        return faults(
          each,
          bad.map(name => JSON.stringify(name.slice(0, 20))),
          'sni',
        );
      }),
  },
  {
    words: /HashPolicyValidationError\.\w+: .*value length must be at least 1/,
    sentence: 'A consistent hash needs the name of its header, cookie or query parameter.',
    find: ({ rules }) =>
      rules.flatMap(each => {
        const empty = values(each.spec, 'httpHeaderName', 'httpQueryParameterName').filter(
          value => value === '',
        );
        return faults(
          each,
          empty.map(() => 'without a name'),
          'consistentHash',
        );
      }),
  },
  {
    words: /QueryParameterMatcherValidationError\.Name/,
    sentence: 'A query parameter that a route looks at needs a name.',
    find: ({ services }) =>
      services.flatMap(each => {
        const unnamed = values(each.spec, 'queryParams').filter(value => Object.hasOwn(Object(value), ''));
        return faults(
          each,
          unnamed.map(() => 'without a name'),
          'queryParams',
        );
      }),
  },
  {
    words: /Expected positive duration/,
    sentence: "A cookie's lifetime cannot be negative.",
    find: ({ rules }) =>
      rules.flatMap(each =>
        faults(
          each,
          values(each.spec, 'ttl').filter(ttl => String(ttl).startsWith('-')),
          'ttl',
        ),
      ),
  },
  {
    words: /sum of weights of all weighted clusters/,
    sentence: 'The weights of a route add up to more than 4294967295.',
    find: () => [],
  },
  {
    words: /Duplicate entry of domain (\S+) in route|Only a single (wildcard) domain is permitted in route/,
    sentence: ([, domain = '*']) => `Two hosts of one route table are both ${domain}.`,
    find: ({ entries, services }, [, domain = '*']) =>
      [...entries, ...services].flatMap(each =>
        faults(
          each,
          (each.spec?.hosts ?? []).filter(host => domain.replace(/:\d+$/, '') === lowerCase(host)),
          'host',
        ),
      ),
  },
  {
    // Last: Envoy's words about a format have many forms, and the values themselves show which it is.
    words:
      /Not supported field in StreamInfo|Incorrect configuration: |requires parameters|does not take any parameters|does not allow length|Invalid \w+ |are allowed|only supports|is not supported type of metadata|More than 1 alternative header/,
    sentence: 'A header value holds a %...% that Envoy does not know or cannot read.',
    find: ({ services }, { input }) =>
      services.flatMap(each => {
        const bad = [...strings(each.spec)].filter(text => {
          const refusal = text.includes('%') ? formatRefusal(text) : null;
          return refusal !== null && input.includes(refusal);
        });
        return faults(each, bad, 'value');
      }),
  },
];
