/** The istio-proxy container of a pod: the proxy, and the ports on which it tells about itself. */
import { withRegexes } from '../../../envoy/regex-work.ts';
import { type AdminAnswer, askAdmin } from '../admin/admin.ts';
import { Loggers } from '../admin/loggers.ts';
import { sidecarPorts } from '../admin/ports.ts';
import type { Pod } from '../kube-types.ts';
import type { CertifyWorkload, MakeSidecar, PodWires, RunningSidecar, SidecarPod } from '../surroundings.ts';
import { OwnPorts } from './own-ports.ts';

interface SidecarSurroundings {
  readonly network: PodWires;
  readonly makeSidecar: MakeSidecar;
  readonly certify: CertifyWorkload;
  readonly now: () => number;
}

/** What the proxy is told of its pod, and what it is given. */
export function sidecarPod(
  { metadata, spec }: Pod,
  given: Pick<SidecarPod, 'ip' | 'resolver' | 'environment' | 'log' | 'readFile'>,
): SidecarPod {
  const { namespace = '', name, labels = {} } = metadata;
  const account = String(spec.serviceAccountName ?? 'default');
  return { ...given, namespace, name, labels, account, loggers: new Loggers() };
}

export class SidecarContainer {
  readonly running: RunningSidecar;
  readonly pod: SidecarPod;
  readonly ports: OwnPorts;
  readonly #started: number;
  readonly #place: SidecarSurroundings;

  constructor(pod: SidecarPod, started: number, place: SidecarSurroundings) {
    this.pod = pod;
    this.#started = started;
    this.#place = place;
    this.running = place.makeSidecar(pod);
    this.ports = new OwnPorts(
      place.network,
      sidecarPorts((method, path) => this.askAdmin(method, path)),
    );
    place.network.listenLater(pod.ip, (port, fromItself) => this.ports.open(port, fromItself));
  }

  /** A page of Envoy's admin. */
  async askAdmin(method: string, path: string): Promise<AdminAnswer> {
    const { pod, running } = this;
    const shown = /^\/*(config_dump|certs)\b/.test(path);
    const certificates = shown ? await this.#place.certify(pod.namespace, pod.account) : null;
    return withRegexes(() =>
      askAdmin(path, running, pod, this.#started, this.#place.now(), { method, certificates }),
    );
  }

  close(): void {
    this.ports.close();
    this.running.close();
  }
}
