/**
 * Which of an app's connections istio-init's iptables rules hand to the sidecar: the annotations
 * `traffic.sidecar.istio.io/{include,exclude}Outbound{Ports,IPRanges}`. The pod's rules see the address that the app
 * dials, a Service's ClusterIP, because kube-proxy's rules are the node's. They are set up once, when the pod starts.
 * Source: tools/istio-iptables/pkg/capture/run.go (Run). Pure.
 */
import { BlockList } from 'node:net';
import type { Address } from '../rooms.ts';

type Annotations = Readonly<Record<string, string>>;

export const CAPTURE = 'traffic.sidecar.istio.io/';
export const INTERCEPTION = 'sidecar.istio.io/interceptionMode';

/** Whether a connection of the pod at `podIp` goes to its sidecar. */
export type Captures = (to: Address) => boolean;

export function capturesOf(annotations: Annotations, podIp: string): Captures {
  if (annotations[INTERCEPTION] === 'NONE') return () => false;
  const of = (name: string) => annotations[`${CAPTURE}${name}`];
  const outPorts = ports(of('excludeOutboundPorts'));
  const outRanges = ranges(of('excludeOutboundIPRanges'));
  const inPorts = ports(of('includeOutboundPorts'));
  const included = of('includeOutboundIPRanges') ?? '*';
  const inRanges = included === '*' ? null : ranges(included);
  return ({ ip, port }) => {
    // The first rule that matches decides; what stays in the pod itself goes over the interface lo.
    if (outPorts.has(port) || ip.startsWith('127.') || ip === podIp) return false;
    if (outRanges.check(ip)) return false;
    return inPorts.has(port) || inRanges === null || inRanges.check(ip);
  };
}

function ports(list = ''): ReadonlySet<number> {
  return new Set(parts(list).map(Number));
}

/** IPv4 only: the sandbox's network has nothing else. */
function ranges(list = ''): BlockList {
  const found = new BlockList();
  for (const range of parts(list)) {
    const [ip = '', bits = '32'] = range.split('/');
    if (!ip.includes(':')) found.addSubnet(ip, Number(bits));
  }
  return found;
}

function parts(list: string): string[] {
  return list
    .split(',')
    .map(each => each.trim())
    .filter(each => each !== '');
}
