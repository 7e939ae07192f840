/** Every destination of a VirtualService, with its place. Source: analyzers/virtualservice/util.go. */
import type { Destination, VirtualServiceSpec } from '../types.ts';

/** tcp, tls and http routes, in the order of analysis. */
export function routeDestinations(spec: VirtualServiceSpec): Destination[] {
  const rules = [...(spec.tcp ?? []), ...(spec.tls ?? []), ...(spec.http ?? [])];
  return rules.flatMap(rule => (rule.route ?? []).map(each => each.destination ?? {}));
}

export function mirrorDestinations(spec: VirtualServiceSpec): Destination[] {
  return (spec.http ?? []).flatMap(({ mirror, mirrors }) => [
    ...(mirror ? [mirror] : []),
    ...(mirrors ?? []).map(each => each.destination ?? {}),
  ]);
}
