/**
 * Whether Envoy accepts a listener: its filter chains first, then its address among the existing listeners.
 * Left out: the filters of a chain, into which istiod puts nothing from users that it has not checked.
 * Source: envoyproxy/envoy source/common/listener_manager/{filter_chain_manager_impl,listener_manager_impl}.cc.
 */
import type { FilterChainMatch, Listener, SocketAddress } from '../config.ts';
import { orAny } from '../match.ts';
import { canonicalIp, ipRange } from '../match-ip.ts';
import type { EnvoyRefusal } from './refusal.ts';

/** `others`: the existing listeners. One of the same name is its predecessor, and does not conflict. */
export function listenerRefusal(listener: Listener, others: Iterable<Listener>): EnvoyRefusal | null {
  const text = chainsRefusal(listener) ?? addressRefusal(listener, others);
  return text === null ? null : { text };
}

function chainsRefusal(listener: Listener): string | null {
  const fault = `error adding listener '${addresses(listener).join(',')}': `;
  const seen = new Map<string, string>();
  const taken = new Set<string>();
  for (const { name = '', filter_chain_match: match = {} } of listener.filter_chains ?? []) {
    const own = matchJson(match);
    const twin = seen.get(own);
    if (twin !== undefined) {
      return `${fault}filter chain '${name}' has the same matching rules defined as '${twin}'. duplicate matcher is: ${own}`;
    }
    seen.set(own, name);
    if (match.server_names?.some(each => each.includes('*') && !each.startsWith('*.'))) {
      return `${fault}partial wildcards are not supported in "server_names"`;
    }
    for (const place of places(match)) {
      if (taken.has(place))
        return `${fault}multiple filter chains with overlapping matching rules are defined`;
      taken.add(place);
    }
  }
  return null;
}

/** The leaves of Envoy's nested maps that a match occupies: one for each of its ports, ranges, names and protocols. */
function places(match: FilterChainMatch): string[] {
  const { destination_port = 0, transport_protocol = '' } = match;
  const ranges = match.prefix_ranges?.map(
    ({ address_prefix, prefix_len = 0 }) => ipRange(address_prefix, prefix_len).key,
  );
  const names = match.server_names?.map(name => {
    const lower = name.toLowerCase();
    return lower.startsWith('*.') ? lower.slice(1) : lower;
  });
  return orAny(ranges).flatMap(range =>
    orAny(names).flatMap(name =>
      orAny(match.application_protocols).map(protocol =>
        [destination_port, range, name, transport_protocol, protocol].join(' '),
      ),
    ),
  );
}

/** A match as Envoy prints it, with its fields in the order of the proto. */
function matchJson(match: FilterChainMatch): string {
  const {
    prefix_ranges,
    destination_port,
    transport_protocol,
    application_protocols,
    server_names,
    ...more
  } = match;
  return JSON.stringify({
    prefix_ranges,
    destination_port,
    transport_protocol,
    application_protocols,
    server_names,
    ...more,
  });
}

function addressRefusal(listener: Listener, others: Iterable<Listener>): string | null {
  const own = addresses(listener);
  for (const other of others) {
    if (other.name === listener.name) continue;
    const there = addresses(other);
    if (!own.some(address => there.includes(address))) continue;
    return (
      `error adding listener: '${listener.name}' has duplicate address '${own.join(',')}' as existing listener, to ` +
      "check if the listener has duplicated addresses with other listeners or 'enable_reuse_port' is set to 'false' " +
      'for the listener'
    );
  }
  return null;
}

function addresses({ address, additional_addresses = [] }: Listener): string[] {
  return [address, ...additional_addresses.map(more => more.address)].map(addressText);
}

function addressText({ socket_address: { address, port_value } }: SocketAddress): string {
  const ip = canonicalIp(address);
  return `${ip.includes(':') ? `[${ip}]` : ip}:${port_value}`;
}
