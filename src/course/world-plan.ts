/** From a scene's `world` to the servers, Services and hosts that it means, with all that it leaves out put in. Pure. */
import { CLIENT } from '../world/names.ts';
import {
  OUTSIDE,
  speaksTls,
  type TeamPort,
  type TeamServer,
  type TeamService,
  type TeamWorld,
} from '../world/team-world.ts';
import type { SceneWorld } from './scene-world.ts';

export function planOf({ clients, services = [], hosts = [], gateways = [] }: SceneWorld): TeamWorld {
  return {
    clients,
    gateways,
    services: [...services.map(serviceOf), ...hosts.map(outsideService)],
    servers: [...services.flatMap(serversOf), ...hosts.map(outsideServer)],
  };
}

type Service = NonNullable<SceneWorld['services']>[number];
type Host = NonNullable<SceneWorld['hosts']>[number];

function serviceOf({ name, namespace, ports = [80] }: Service): TeamService {
  return { name, namespace, selector: { app: name }, ports: ports.map(portOf), hosts: [] };
}

function serversOf(service: Service): TeamServer[] {
  const { name, namespace, labels = {}, as = name, versions } = service;
  if (versions === undefined) {
    return [{ as, deployment: name, namespace, labels: { ...labels, app: name }, replicas: 1 }];
  }
  return versions.map(each => {
    const version = typeof each === 'string' ? { name: each } : each;
    return {
      as: version.as ?? `${as}-${version.name}`,
      deployment: `${name}-${version.name}`,
      namespace,
      labels: { ...labels, version: version.name, ...version.labels, app: name },
      replicas: version.replicas ?? 1,
    };
  });
}

/** Services of `hosts` have no names of their own: they are found by the clients' hosts files. */
const outsideName = (index: number) => `host-${index + 1}`;

function outsideService({ host, ports = [80, 443] }: Host, index: number): TeamService {
  const name = outsideName(index);
  return {
    name,
    namespace: OUTSIDE,
    selector: { app: name },
    ports: ports.map(number => portOf(number)),
    hosts: [host].flat(),
  };
}

function outsideServer({ host, as }: Host, index: number): TeamServer {
  const deployment = outsideName(index);
  const [first = deployment] = [host].flat();
  return { as: as ?? first, deployment, namespace: OUTSIDE, labels: { app: deployment }, replicas: 1 };
}

type PortText = NonNullable<Service['ports']>[number];

function portOf(text: PortText): TeamPort {
  if (typeof text === 'number') {
    const tls = String(text).endsWith('443');
    return { number: text, name: `${tls ? 'https' : 'http'}-${text}`, tls };
  }
  const { number, appProtocol } = text;
  const name = text.name ?? portOf(number).name;
  return { number, name, tls: speaksTls(appProtocol ?? name), appProtocol };
}

/** Of all services and hosts together: each is a pod, and the sandbox has room for some more than a hundred. */
const MOST_SERVERS = 60;

/** What cannot be made of a world, and the field that it is about; null: nothing. */
export function wrongPlan({
  clients,
  servers,
  services,
}: TeamWorld): { readonly path: readonly string[]; readonly why: string } | null {
  const wrong = (path: readonly string[], why: string) => ({ path, why });
  const server = twin(servers.map(each => each.as));
  if (server !== null)
    return wrong(['world'], `Two servers answer as ${server}; \`as\` gives one of them another name.`);
  const client = twin(clients.map(each => each.name));
  if (client !== null) return wrong(['world', 'clients'], `Two clients are called ${client}.`);
  const space = twin(clients.map(each => each.namespace));
  if (space !== null)
    return wrong(['world', 'clients'], `Two clients are in ${space}; there is one a namespace.`);
  const service = twin(services.map(each => `${each.name}.${each.namespace}`));
  if (service !== null) return wrong(['world', 'services'], `The Service ${service} appears twice.`);
  const host = twin(services.flatMap(each => each.hosts));
  if (host !== null) return wrong(['world', 'hosts'], `The host ${host} appears twice.`);
  const deployment = twin([
    ...servers.map(each => `${each.deployment} in ${each.namespace}`),
    ...clients.map(each => `${CLIENT.deployment} in ${each.namespace}`),
  ]);
  if (deployment !== null)
    return wrong(
      ['world', 'services'],
      `There would be two Deployments ${deployment}; the clients' are \`client\`.`,
    );
  if (servers.length <= MOST_SERVERS) return null;
  return wrong(['world'], `It has ${servers.length} servers, and at most ${MOST_SERVERS} are made.`);
}

/** The first that appears twice; null: none. */
function twin(all: readonly string[]): string | null {
  return all.find((each, i) => all.indexOf(each) !== i) ?? null;
}
