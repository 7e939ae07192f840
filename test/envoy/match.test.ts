import { describe, expect, it } from 'vitest';
import type { EnvoyConfig, FilterChain, FilterChainMatch, Listener } from '../../src/envoy/config.ts';
import {
  type ConnectionCall,
  matchFilterChain,
  matchListener,
  needsInspection,
} from '../../src/envoy/match.ts';

function listener(name: string, address: string, port: number, more: Partial<Listener> = {}): Listener {
  return { name, address: { socket_address: { address, port_value: port } }, ...more };
}

function chain(name: string, match?: FilterChainMatch): FilterChain {
  return match === undefined ? { name } : { name, filter_chain_match: match };
}

const TLS_INSPECTOR = { name: 'envoy.filters.listener.tls_inspector' };
const HTTP_INSPECTOR = { name: 'envoy.filters.listener.http_inspector' };

function taken(
  chains: FilterChain[],
  call: Partial<ConnectionCall>,
  more: Partial<Listener> = {},
): string | null {
  const whole = listener('0.0.0.0_443', '0.0.0.0', 443, {
    filter_chains: chains,
    listener_filters: [TLS_INSPECTOR, HTTP_INSPECTOR],
    ...more,
  });
  const plain: ConnectionCall = {
    ip: '10.0.0.1',
    port: 443,
    sni: '',
    transport: 'raw_buffer',
    applicationProtocols: [],
  };
  const result = matchFilterChain(whole, { ...plain, ...(call.sni ? { transport: 'tls' } : {}), ...call });
  return result?.name ?? null;
}

describe('a listener', () => {
  const config: EnvoyConfig = {
    listeners: [
      listener('virtualOutbound', '0.0.0.0', 15001),
      listener('0.0.0.0_80', '0.0.0.0', 80),
      listener('10.0.0.1_80', '10.0.0.1', 80, {
        additional_addresses: [{ address: { socket_address: { address: '10.0.0.9', port_value: 80 } } }],
      }),
    ],
    routes: [],
    clusters: [],
    endpoints: [],
  };

  it.each([
    ['10.0.0.1', 80, '10.0.0.1_80'],
    ['10.0.0.9', 80, '10.0.0.1_80'],
    ['::ffff:10.0.0.1', 80, '10.0.0.1_80'],
    ['10.0.0.2', 80, '0.0.0.0_80'],
    ['10.0.0.2', 8080, 'virtualOutbound'],
    ['fd00::1', 80, 'virtualOutbound'],
  ])('takes %s port %i: %s', (ip, port, name) => {
    expect(matchListener(config, { ip, port })?.name).toBe(name);
  });

  it('is none where there is no virtual one', () => {
    const without = { ...config, listeners: config.listeners.slice(1) };
    expect(matchListener(without, { ip: '10.0.0.2', port: 8080 })).toBeNull();
  });

  it('needs what its inspectors read, or what its chains ask for where none is listed', () => {
    const chains = [chain('sni', { server_names: ['a.io'] })];
    expect(needsInspection(listener('l', '0.0.0.0', 1, { listener_filters: [HTTP_INSPECTOR] }))).toEqual({
      tls: false,
      http: true,
    });
    expect(needsInspection(listener('l', '0.0.0.0', 1, { filter_chains: chains }))).toEqual({
      tls: true,
      http: false,
    });
    expect(
      needsInspection(listener('l', '0.0.0.0', 1, { filter_chains: chains, listener_filters: [] })),
    ).toEqual({
      tls: false,
      http: false,
    });
  });
});

describe('a filter chain', () => {
  it('is found by the longest of the names that fit', () => {
    const chains = [
      chain('any'),
      chain('com', { server_names: ['*.com'] }),
      chain('example', { server_names: ['*.example.com'] }),
      chain('exact', { server_names: ['a.example.com', 'b.example.com'] }),
    ];
    expect(taken(chains, { sni: 'A.example.com' })).toBe('exact');
    expect(taken(chains, { sni: 'c.example.com' })).toBe('example');
    expect(taken(chains, { sni: 'x.y.example.com' })).toBe('example');
    expect(taken(chains, { sni: 'example.com' })).toBe('com');
    expect(taken(chains, { sni: 'example.org' })).toBe('any');
    expect(taken(chains, {})).toBe('any');
  });

  it('is found by the longest prefix before its name is looked at, and there is no way back', () => {
    const wide = { prefix_ranges: [{ address_prefix: '10.0.0.0', prefix_len: 8 }] };
    const narrow = { prefix_ranges: [{ address_prefix: '10.0.0.0', prefix_len: 24 }] };
    const chains = [
      chain('wide', { ...wide, server_names: ['a.io'] }),
      chain('narrow', { ...narrow, server_names: ['b.io'] }),
      chain('name', { server_names: ['a.io'] }),
    ];
    expect(taken(chains, { sni: 'b.io' })).toBe('narrow');
    expect(taken(chains, { sni: 'a.io', ip: '10.9.0.1' })).toBe('wide');
    expect(taken(chains, { sni: 'a.io', ip: '11.0.0.1' })).toBe('name');
    expect(taken(chains, { sni: 'a.io' })).toBeNull();
    expect(taken(chains, { sni: 'a.io' }, { default_filter_chain: chain('default') })).toBe('default');
  });

  it('of IPv6 ranges is found too', () => {
    const chains = [chain('v6', { prefix_ranges: [{ address_prefix: 'fd00:1::', prefix_len: 32 }] })];
    expect(taken(chains, { ip: 'fd00:1::7' })).toBe('v6');
    expect(taken(chains, { ip: 'fd00:2::7' })).toBeNull();
    expect(taken(chains, { ip: '10.0.0.1' })).toBeNull();
  });

  it('for a port of its own leaves all others out', () => {
    const chains = [chain('hole', { destination_port: 15001 }), chain('rest')];
    expect(taken(chains, { port: 15001 })).toBe('hole');
    expect(taken(chains, { port: 443 })).toBe('rest');
    const strict = [chain('hole', { destination_port: 443, server_names: ['a.io'] }), chain('rest')];
    expect(taken(strict, { sni: 'b.io' })).toBeNull();
  });

  it('for plain HTTP takes what the inspector finds to be HTTP', () => {
    const http = chain('http', {
      transport_protocol: 'raw_buffer',
      application_protocols: ['http/1.1', 'h2c'],
    });
    const rest = { default_filter_chain: chain('rest') };
    expect(taken([http], { applicationProtocols: ['http/1.1'] }, rest)).toBe('http');
    expect(taken([http], { applicationProtocols: ['http/1.0'] }, rest)).toBe('rest');
    expect(taken([http], { sni: 'a.io', applicationProtocols: ['h2', 'http/1.1'] }, rest)).toBe('rest');
  });

  it('sees nothing that the listener has no inspector for', () => {
    const chains = [chain('sni', { server_names: ['a.io'] }), chain('rest')];
    expect(taken(chains, { sni: 'a.io' }, { listener_filters: [HTTP_INSPECTOR] })).toBe('rest');
    const tls = [
      chain('tls', { transport_protocol: 'tls' }),
      chain('plain', { transport_protocol: 'raw_buffer' }),
    ];
    expect(taken(tls, { sni: 'a.io' }, { listener_filters: [HTTP_INSPECTOR] })).toBe('plain');
    expect(taken(tls, { sni: 'a.io' })).toBe('tls');
  });
});
