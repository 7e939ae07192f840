/** The HTTP proxy of a call: from -x, else from the environment, as curl reads it. */
import { proxyOf } from './seal.ts';
import { readProxy } from './values.ts';
import type { Group } from './words.ts';

type Environment = Readonly<Record<string, string>>;

/** Each group with its proxy. */
export function withProxies(groups: readonly Group[], env: Environment): readonly Group[] {
  return groups.map(group => {
    if (group.some(option => option.name === 'proxy')) return group;
    const url = group.find(option => option.name === 'url')?.value ?? '';
    const value = fromEnvironment(url, env);
    return value === undefined ? group : [...group, { name: 'proxy', value }];
  });
}

/** http_proxy counts only in lower case: in a server's environment HTTP_PROXY could come from any caller's header. */
function fromEnvironment(url: string, env: Environment): string | undefined {
  const own = /^https:/i.test(url) ? (env.https_proxy ?? env.HTTPS_PROXY) : env.http_proxy;
  const value = own ?? env.all_proxy ?? env.ALL_PROXY;
  const except = (env.no_proxy ?? env.NO_PROXY ?? '').split(',').map(name => name.trim().replace(/^\./, ''));
  const host = /^(?:[a-z]+:\/\/)?([^/:?#]*)/i.exec(url)?.[1]?.toLowerCase() ?? '';
  const excepted = except.some(name => name === '*' || (name !== '' && `.${host}`.endsWith(`.${name}`)));
  return excepted ? undefined : value;
}

/** The name of a group's proxy; null: there is none, or it is an address. */
export function proxyHost(group: Group): string | null {
  const host = /^http:\/\/([^:]+):/.exec(proxyOf(group) ?? '')?.[1];
  return host === undefined || /^[\d.]+$/.test(host) ? null : host;
}

/** A proxy that a pod cannot use; null: there is none, or the pod can use it. */
export function unfitProxy(group: Group): string | null {
  const value = group.findLast(option => option.name === 'proxy')?.value ?? '';
  return value === '' || readProxy(value) !== null ? null : value;
}
