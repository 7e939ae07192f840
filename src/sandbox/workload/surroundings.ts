/** What the workload room needs from the other rooms, in its own terms; sandbox.ts passes the real ones. */
import type { Socket } from 'node:net';
import type { EnvoyConfig, Listener } from '../../envoy/config.ts';
import type { Address, ClusterStatus, Network, Outbound, PodResolver } from '../rooms.ts';
import type { Loggers } from './admin/loggers.ts';
import type { Lead } from './curl/resolve.ts';

type AcceptedSocket = Pick<Socket, 'remoteAddress' | 'remotePort' | 'localPort'>;

/** The pods' network, as the kubelet and a server in a pod see it. */
export interface PodWires extends Network {
  listen(ip: string, ports: ReadonlyMap<number, number>): void;
  listenLater(ip: string, open: (port: number, fromItself: boolean) => Promise<number> | null): void;
  release(ip: string): void;
  sourceOf(socket: AcceptedSocket): string | undefined;
  /** Whether a connection comes from this network; servers in it close any other. */
  knows(socket: AcceptedSocket): boolean | Promise<boolean>;
}

/** The SOCKS5 door. */
export interface CurlDoor {
  readonly port: number;
  admit(guest: {
    readonly ip: string;
    readonly resolver: PodResolver;
    /** Where the call's own options take a connection; if left out: where it asks to go. */
    readonly lead?: (host: string, port: number) => Lead;
    readonly outbound: Outbound | null;
    /** Whether iptables hands a connection to the sidecar. */
    readonly captures: (to: Address) => boolean;
  }): {
    readonly user: string;
    readonly password: string;
    revoke(): void;
  };
}

/** What a sidecar is told about its pod. */
export interface SidecarPod {
  readonly namespace: string;
  readonly name: string;
  readonly ip: string;
  readonly labels: Readonly<Record<string, string>>;
  /** A file of the istio-proxy container, read each time; null: there is none. */
  readonly readFile: (path: string) => string | null;
  readonly resolver: PodResolver;
  /** The environment variables of istio-proxy. */
  readonly environment: Readonly<Record<string, string>>;
  /** Writes lines into the log of istio-proxy. */
  readonly log: (text: string) => void;
  /** Its service account. */
  readonly account: string;
  /** The levels of its log. */
  readonly loggers: Loggers;
}

/** PEM texts: a workload's certificate, and the root that vouches for it. */
export interface WorkloadCertificates {
  readonly chain: string;
  readonly root: string;
}

/** Made when they are first asked for. */
export type CertifyWorkload = (namespace: string, account: string) => Promise<WorkloadCertificates>;

/** What became of one type of what istiod sent. */
export interface XdsStatus {
  readonly type: 'cluster' | 'endpoint' | 'listener' | 'route';
  /** Versions. */
  readonly sent: string;
  readonly acked: string;
  /** Why the last update was refused; null: it was not. */
  readonly error: string | null;
}

/** What istiod sent last, as far as the sidecar has accepted it. */
export interface Pushed {
  readonly config: EnvoyConfig;
  /** 'in-step/RESOURCEVERSION', the version of the change that caused the push. */
  readonly version: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** Listeners that it refused, in Envoy's words. */
  readonly refusedListeners?: readonly {
    readonly name: string;
    readonly details: string;
    readonly failed: Listener | undefined;
  }[];
  /** For each type; one that is left out was taken whole. */
  readonly status?: readonly XdsStatus[];
}

/** A running sidecar. */
export interface RunningSidecar extends Outbound {
  pushed(): Pushed;
  /** The clusters' hosts as the proxy has them now; if left out: those in its configuration. */
  clusterStatuses?(): readonly ClusterStatus[];
  /** Counters and gauges by their Envoy names. */
  stats?(): Readonly<Record<string, number>>;
  close(): void;
}

export type MakeSidecar = (pod: SidecarPod) => RunningSidecar;

export interface PodNamesPart {
  readonly namespace: string;
  readonly name: string;
  readonly ip: string;
  readonly hostAliases?: readonly { readonly ip?: string; readonly hostnames?: readonly string[] }[];
}

export type MakeResolver = (pod: PodNamesPart) => PodResolver;
