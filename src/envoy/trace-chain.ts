/** The first two steps of a trace: the listener and the filter chain, and why others do not take the connection. */
import type {
  EnvoyConfig,
  FilterChain,
  FilterChainMatch,
  HttpConnectionManager,
  Listener,
  TcpProxy,
} from './config.ts';
import {
  type ConnectionCall,
  inspectedCall,
  listenerAddresses,
  needsInspection,
  serverNameKeys,
} from './match.ts';
import { ipRange, isInRange } from './match-ip.ts';
import { objectOf } from './trace-origin.ts';
import type { DescribedCall, Fact, PassedOver, TraceStep } from './trace-types.ts';

export function httpManagerOf(chain: FilterChain): HttpConnectionManager | null {
  for (const filter of chain.filters ?? []) {
    if (filter.name === 'envoy.filters.network.http_connection_manager') return filter.typed_config;
  }
  return null;
}

export function tcpProxyOf(chain: FilterChain): TcpProxy | null {
  for (const filter of chain.filters ?? []) {
    if (filter.name === 'envoy.filters.network.tcp_proxy') return filter.typed_config;
  }
  return null;
}

export function listenerStep(config: EnvoyConfig, call: DescribedCall, taken: Listener | null): TraceStep {
  const { ip, port } = call.to;
  const base = { kind: 'listener', facts: [] } as const;
  const others = config.listeners
    .filter(one => one !== taken && one.traffic_direction !== 'INBOUND')
    .filter(one => listenerAddresses(one).some(address => address.port === port));
  const passedOver = others.map(one => ({ name: one.name, why: otherAddress(one, port, ip) }));
  if (taken === null) {
    return {
      ...base,
      name: '',
      because: `no listener is for ${ip}:${port}, and none takes the rest`,
      passedOver,
    };
  }
  const own = listenerAddresses(taken).find(address => address.port === port);
  const because =
    own === undefined
      ? `takes what no other listener takes: none is for port ${port} on ${ip}`
      : own.ip === ip
        ? `takes connections to ${ip} port ${port}`
        : `takes connections to port ${port} on any address`;
  return { ...base, name: taken.name, because, passedOver };
}

function otherAddress(listener: Listener, port: number, ip: string): string {
  const [address] = listenerAddresses(listener).filter(one => one.port === port);
  if (address?.ip === '0.0.0.0' || address?.ip === '::')
    return 'takes what no listener with an own address takes';
  return `is for ${address?.ip}, the call goes to ${ip}`;
}

export function filterChainStep(
  listener: Listener,
  call: ConnectionCall,
  taken: FilterChain | null,
): TraceStep {
  const chains = listener.filter_chains ?? [];
  const passedOver = chains
    .filter(chain => chain !== taken)
    .map((chain): PassedOver => {
      const from = objectOf(chain.metadata);
      const why = whyNot(listener, chain, taken, call);
      return { name: chainName(chain), why, from };
    });
  const facts = seenFacts(listener, call);
  const of = chains.length + (listener.default_filter_chain === undefined ? 0 : 1);
  if (taken === null) {
    const because = 'no chain fits, and the listener has none for the rest';
    return { kind: 'filter-chain', name: '', because, passedOver, facts };
  }
  const isDefault = taken === listener.default_filter_chain;
  const from = objectOf(taken.metadata);
  return {
    kind: 'filter-chain',
    name: chainName(taken),
    because: isDefault ? 'takes what no other chain takes' : whyTaken(taken),
    position: { index: isDefault ? of : chains.indexOf(taken) + 1, of },
    passedOver,
    facts: [...facts, { name: 'reads it as', value: treatment(taken) }],
    from,
  };
}

function treatment(chain: FilterChain): string {
  if (httpManagerOf(chain) !== null) return 'HTTP, request by request';
  const tunnel = tcpProxyOf(chain)?.tunneling_config;
  if (tunnel !== undefined) {
    const method = tunnel.use_post === true ? 'POST' : 'CONNECT';
    return `bytes, for which it asks the server with ${method} to open a way to ${tunnel.hostname}`;
  }
  return 'bytes: it looks at nothing inside';
}

/** istiod names few chains; the others are named by their conditions. */
function chainName(chain: FilterChain): string {
  return chain.name ?? (matchWords(chain.filter_chain_match ?? {}) || 'any connection');
}

function matchWords(match: FilterChainMatch): string {
  const protocols = match.application_protocols ?? [];
  return [
    ...(match.destination_port === undefined ? [] : [`port ${match.destination_port}`]),
    ...((match.prefix_ranges ?? []).length === 0 ? [] : [`address ${ranges(match)}`]),
    ...((match.server_names ?? []).length === 0 ? [] : [`SNI ${match.server_names?.join(', ')}`]),
    ...(match.transport_protocol === 'tls' ? ['TLS'] : []),
    ...(protocols.length === 0 ? [] : [protocols.includes('http/1.1') ? 'plain HTTP' : protocols.join(', ')]),
  ].join(', ');
}

function ranges(match: FilterChainMatch): string {
  return (match.prefix_ranges ?? []).map(one => `${one.address_prefix}/${one.prefix_len ?? 0}`).join(', ');
}

function whyTaken(chain: FilterChain): string {
  const words = matchWords(chain.filter_chain_match ?? {});
  if (words === chainName(chain)) return '';
  return words === '' ? 'takes any connection' : `is for ${words}`;
}

/** What the listener could see of the connection before it had to choose. */
function seenFacts(listener: Listener, call: ConnectionCall): Fact[] {
  const inspects = needsInspection(listener);
  const seen = inspectedCall(listener, call);
  const facts: Fact[] = [];
  if (seen.transport === 'tls') {
    facts.push({
      name: 'sees',
      value: seen.sni === '' ? 'TLS without a server name' : `TLS for the name ${seen.sni} (SNI)`,
    });
  } else if (call.transport === 'tls') {
    if (inspects.http) facts.push({ name: 'sees', value: 'bytes that are no HTTP' });
  } else if (inspects.http) {
    const [protocol] = seen.applicationProtocols;
    facts.push({
      name: 'sees',
      value: protocol === undefined ? 'bytes that are no HTTP' : `plain HTTP (${protocol})`,
    });
  } else if (inspects.tls) {
    facts.push({ name: 'sees', value: 'no TLS, so no server name' });
  }
  return facts;
}

/** The first property, in Envoy's order, that rules a chain out. */
function whyNot(
  listener: Listener,
  chain: FilterChain,
  taken: FilterChain | null,
  connection: ConnectionCall,
): string {
  const match = chain.filter_chain_match ?? {};
  const call = inspectedCall(listener, connection);
  if (match.destination_port !== undefined && match.destination_port !== call.port) {
    return `is for port ${match.destination_port}`;
  }
  const prefixes = match.prefix_ranges ?? [];
  if (
    prefixes.length > 0 &&
    !prefixes.some(one => isInRange(ipRange(one.address_prefix, one.prefix_len ?? 0), call.ip))
  ) {
    return `is for ${ranges(match)}, the call goes to ${call.ip}`;
  }
  const names = (match.server_names ?? []).map(name => name.toLowerCase().replace(/^\*\./, '.'));
  if (names.length > 0 && !serverNameKeys(call.sni).some(key => key !== '' && names.includes(key))) {
    return call.sni === '' ? 'wants a server name (SNI), and there is none' : `its name is not ${call.sni}`;
  }
  if (match.transport_protocol !== undefined && match.transport_protocol !== call.transport) {
    return match.transport_protocol === 'tls' ? 'wants TLS' : 'wants plain bytes, and these are TLS';
  }
  const protocols = match.application_protocols ?? [];
  if (protocols.length > 0 && !protocols.some(one => call.applicationProtocols.includes(one))) {
    return protocols.includes('http/1.1') ? 'wants plain HTTP' : `wants ${protocols.join(', ')}`;
  }
  if (taken === listener.default_filter_chain || taken === null) {
    return 'would do, but another fitted better by address or name, and failed later: there is no way back';
  }
  return `would do as well, but ${chainName(taken)} says more`;
}
