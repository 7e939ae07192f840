/** Generated Sidecars. */
import type { Dice } from './dice.ts';
import { PORTS } from './names.ts';

const HOSTS = [
  './*',
  '*/*',
  'istio-system/*',
  'team-b/*',
  'mesh-network/*',
  '*/api.safedata-zone.io',
  './catalog.mesh-network.svc.cluster.local',
  '~/*',
  '*/*.safedata-zone.io',
  'team-b/reviews.team-b.svc.cluster.local',
  '*/*.team-b.svc.cluster.local',
  'outside/*',
];

export function sidecar(dice: Dice): object {
  const spec: Record<string, unknown> = {};
  if (dice.chance(0.9)) {
    spec.egress = Array.from({ length: dice.one(1, 1, 2, 3) }, () => egress(dice));
  }
  if (dice.chance(0.4)) spec.outboundTrafficPolicy = outboundPolicy(dice);
  if (dice.chance(0.3)) spec.workloadSelector = { labels: { app: dice.one('client', 'other') } };
  if (dice.chance(0.08)) {
    spec.ingress = [
      {
        port: { number: dice.one(8080, 9080), name: 'http', protocol: 'HTTP' },
        defaultEndpoint: dice.one('127.0.0.1:8080', '0.0.0.0:8080'),
      },
    ];
  }
  if (dice.chance(0.05)) spec.inboundConnectionPool = { http: { http1MaxPendingRequests: 5 } };
  return spec;
}

function egress(dice: Dice): object {
  const made: Record<string, unknown> = { hosts: dice.some(HOSTS, 1, 3) };
  if (dice.chance(0.25)) {
    made.port = { ...dice.pick(PORTS) };
    if (dice.chance(0.4)) made.bind = dice.one('127.0.0.1', '0.0.0.0', '10.5.5.5');
    if (dice.chance(0.3)) made.captureMode = dice.one('DEFAULT', 'IPTABLES', 'NONE');
  } else if (dice.chance(0.04)) made.captureMode = dice.one('DEFAULT', 'IPTABLES', 'NONE');
  return made;
}

function outboundPolicy(dice: Dice): object {
  return {
    mode: dice.one('REGISTRY_ONLY', 'ALLOW_ANY'),
    ...(dice.chance(0.06) && {
      egressProxy: { host: 'catalog.mesh-network.svc.cluster.local', port: { number: 80 } },
    }),
  };
}
