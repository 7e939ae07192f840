import { describe, expect, it } from 'vitest';
import { around, between } from './sides.ts';

const far = { ...around, other: 'another.example' };

const entry = (more: string) => `
kind: ServiceEntry
metadata: {name: db}
spec: {hosts: [db.example.org], resolution: STATIC, endpoints: [{address: 10.8.0.1}], ${more}}
---`;

const TCP = 'ports: [{number: 3306, name: tcp, protocol: TCP}]';
const HTTP = 'ports: [{number: 8090, name: http, protocol: HTTP}]';

describe('calls that hardly anybody makes', () => {
  it('go to a port that is taken from everybody', () => {
    expect(between('', entry(TCP), far)).toEqual([
      'GET http://another.example:3306/ | answer: stable:3306 -> 10.8.0.1:3306',
      'GET https://another.example:3306/ | answer: stable:3306 -> 10.8.0.1:3306',
    ]);
  });

  it('go to an address that has no name', () => {
    const at = (address: string) => entry(`${TCP}, addresses: [${address}]`);
    expect(between(at('240.3.3.3'), at('240.4.4.4'), far)).toContain(
      'GET http://240.3.3.3:3306/ | answer: 10.8.0.1:3306 -> 240.3.3.3:3306',
    );
    expect(between('', at('10.9.0.0/16'), far).join()).toContain('GET http://10.9.0.1:3306/');
  });

  it('go to an address that routes are about', () => {
    const at = (address: string) => entry(`${HTTP}, addresses: [${address}]`);
    expect(between(at('240.3.3.3'), at('240.4.4.4'), far).join()).toContain('GET http://240.4.4.4:8090/');
  });

  it('find nobody on the loopback, unless a Sidecar has bound a listener there', () => {
    const bound = (bind: string) => `
kind: Sidecar
metadata: {name: default}
spec:
  egress:
    - {hosts: ['*/*'], port: {number: 80, name: http, protocol: HTTP}, bind: ${bind}, captureMode: NONE}
    - {hosts: ['*/*']}
---`;
    expect(between('', bound('127.0.0.1'), far).join()).toContain(
      'GET http://127.0.0.1/ | answer: the connection is closed -> ',
    );
  });

  it('are left out without a name for them, as between two worlds', () => {
    expect(between('', entry(TCP))).toEqual([]);
  });

  it('do not repeat what a plain call shows', () => {
    const route = (timeout: string) => `
kind: VirtualService
metadata: {name: catalog}
spec: {hosts: [catalog], http: [{timeout: ${timeout}, route: [{destination: {host: catalog}}]}]}
---`;
    expect(between(route('1s'), route('3s'), far)).toEqual([
      'GET http://catalog/data | time: given up after 1 s -> given up after 3 s',
    ]);
  });
});
