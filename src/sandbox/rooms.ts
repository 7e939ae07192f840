/**
 * What the rooms of the sandbox know about each other: their interfaces, in one place. sandbox.ts puts them together:
 *
 *   api-server   speaks Kubernetes over HTTPS; keeps objects in the Store; asks Admission; hands exec and logs on
 *   istiod       Snapshot of objects -> Envoy's configuration for the client's sidecar (pure)
 *   data-plane   what a sidecar does with a connection, on real sockets
 *   workload     Services, Deployments, pods: addresses, endpoints, the API servers, the client, exec and logs
 *   net          the pods' network: virtual addresses, names, the door for curl
 *
 * No room imports another room's files; they get what they need through these types. What they share is the store
 * (api-server/store.ts) and the few files beside this one that import nothing else.
 */
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { PipeAddress, SocketAddress } from '../envoy/config.ts';
import type { Resource } from '../istio/resource.ts';

/** 'pods', 'deployments.apps', 'serviceentries.networking.istio.io': the plural, and the group if it has one. */
export type ResourceName = string;

// Admission: what stands between a request and the store

export interface AdmissionRequest {
  readonly operation: 'CREATE' | 'UPDATE' | 'DELETE';
  readonly resource: ResourceName;
  /** For DELETE, the object being deleted. */
  readonly object: Resource;
  readonly old: Resource | null;
}

export interface AdmissionAnswer {
  /** The object as it is to be stored; if left out, it is stored as it came. */
  readonly object?: Resource;
  /** Texts for Warning headers. */
  readonly warnings?: readonly string[];
  /**
   * Set: the request is refused with this Status message, `code` (400 if left out) and `reason` (in Kubernetes' terms).
   */
  readonly denied?: { readonly message: string; readonly code?: number; readonly reason?: string };
}

/** Synchronous: everything it needs is in this process. Several are asked in turn; the first refusal ends it. */
export type Admission = (request: AdmissionRequest) => AdmissionAnswer;

// Pods: what exec and logs reach

export interface PodRef {
  readonly namespace: string;
  readonly pod: string;
}

export interface ContainerRef extends PodRef {
  readonly container: string;
}

export interface ExecStreams {
  /** Null: no stdin was asked for. */
  readonly stdin: AsyncIterable<Buffer> | null;
  stdout(chunk: Buffer | string): void;
  stderr(chunk: Buffer | string): void;
  /** Aborts when the client has gone: the command must then end. */
  readonly signal: AbortSignal;
  /** A terminal is at the other end: keys come one by one, and nobody else shows them. */
  readonly tty?: boolean | undefined;
}

/** `error` is for commands that could not be run at all (in the runtime's words); `exit` is then 126 or 127. */
export interface ExecOutcome {
  readonly exit: number;
  readonly error?: string;
}

export interface LogQuery {
  readonly follow: boolean;
  /** Milliseconds since the epoch; older lines are left out. */
  readonly since?: number;
  readonly tailLines?: number;
  readonly timestamps?: boolean;
  readonly signal: AbortSignal;
}

/** The pods' runtime, a kubelet in miniature. The API server looks up pod and container before it calls. */
export interface PodRuntime {
  exec(target: ContainerRef, command: readonly string[], streams: ExecStreams): Promise<ExecOutcome>;
  /** The streams of the container's own command, until it ends or the client goes. */
  attach(target: ContainerRef, streams: ExecStreams): Promise<ExecOutcome>;
  /**
   * Whole lines without their line ends. Ends by itself unless `follow` is set; then when the container ends or the
   * signal aborts.
   */
  logs(target: ContainerRef, query: LogQuery): AsyncIterable<string>;
  /**
   * A connection to a port of the pod's own loopback, as port-forward makes it. Rejects in the words of dial(2) where
   * nothing listens.
   */
  reach(target: PodRef, port: number): Promise<Duplex>;
}

// The pods' network

export interface Address {
  /** An endpoint may be a socket in the file system: then its path, and the port is 0. */
  readonly ip: string;
  readonly port: number;
}

/**
 * Opens a connection inside the pods' network, by kube-proxy's rules: a ClusterIP leads to one of its ready endpoints.
 * Rejects at once with an error whose `code` is ECONNREFUSED for an address where nothing listens,
 * and for every address outside the sandbox's world: the machine's own network is never reached.
 * `from` is the pod's address, for servers that report where a call comes from.
 */
export interface Network {
  dial(to: Address, from: string, signal?: AbortSignal): Promise<Socket>;
}

/** How a pod resolves names: its hosts file, then the cluster's DNS. */
export interface PodResolver {
  /** The IPv4 addresses of a name (or the address itself); empty for a name that does not exist. */
  resolve(host: string): readonly string[];
}

/** What a pod's app does when it opens a connection; with a sidecar, this is the sidecar's `accept`. */
export interface Outbound {
  /**
   * Takes over a connection whose bytes come from the app. `from` is the pod's address and the app's real source port.
   */
  accept(app: Socket, from: Address, to: Address): void;
  /** Whether it listens at an address of the pod itself, as it does for a Sidecar's `bind`. */
  listensAt(to: Address): boolean;
}

// What a sidecar reports about itself

/** A host of a cluster, in the JSON of Envoy's admin interface (envoy.admin.v3.HostStatus). */
export interface HostStatus {
  readonly address: SocketAddress | PipeAddress;
  /** For example 'cx_active', 'rq_total'; a statistic that is missing is 0. */
  readonly stats?: readonly { readonly name: string; readonly value: string; readonly type?: string }[];
  readonly health_status?: {
    readonly eds_health_status?: string;
    readonly failed_outlier_check?: true;
  };
  readonly weight?: number;
  /** The name that a DNS cluster resolved. */
  readonly hostname?: string;
  readonly priority?: number;
  readonly locality?: object;
}

export interface ClusterStatus {
  readonly name: string;
  readonly host_statuses: readonly HostStatus[];
}
