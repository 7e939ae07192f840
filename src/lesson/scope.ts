/**
 * Which of a cluster's objects are this world's own, so that a reset may clear them: all Istio objects anywhere on a
 * cluster of ours that nobody else uses; else those in the world's namespaces, and what this program itself
 * has put elsewhere. What lies outside but has an effect here is reported, and left.
 */
import { listObjects, readObject } from '../kube/apply.ts';
import type { Kube, KubeObject, ObjectRef } from '../kube/client.ts';
import { listIfAllowed } from '../kube/istio-objects.ts';
import { type ApiKind, ISTIO_API_KINDS, keyOf, ROUTING_KINDS } from '../kube/kinds.ts';
import { isAlone } from '../world/alone.ts';
import { HOSTS, isOurs, type WorldNames } from '../world/names.ts';
import { services } from '../world/objects.ts';
import { refOf } from './fence.ts';
import type { Stranger } from './mesh.ts';

export interface ScopeOptions {
  readonly names: WorldNames;
  /** The program made this cluster. On any other there are other users, whatever the labels of its namespaces say. */
  readonly ours: boolean;
  /** Several worlds use the same servers outside, so that namespace belongs to none of them. */
  readonly sharesOutside: boolean;
  /** The namespaces of the world's clients. */
  readonly meshes: () => readonly string[];
}

/** Istio's root namespace: a DestinationRule in it holds for every namespace. */
const ROOT = 'istio-system';

const RULES = ISTIO_API_KINDS.filter(({ plural }) => plural === 'destinationrules');
const SERVICES: ApiKind = { kind: 'Service', apiVersion: 'v1', plural: 'services' };

export class Scope {
  /** What this program created outside the world's namespaces. */
  readonly #abroad = new Map<string, ObjectRef>();
  readonly #kube: Kube;
  readonly #options: ScopeOptions;

  constructor(kube: Kube, options: ScopeOptions) {
    this.#kube = kube;
    this.#options = options;
  }

  get #own(): readonly string[] {
    const { names, sharesOutside, meshes } = this.#options;
    return sharesOutside ? meshes() : [names.outside, ...meshes()];
  }

  async alone(signal?: AbortSignal): Promise<boolean> {
    return this.#options.ours && (await isAlone(this.#kube, this.#options.names, signal));
  }

  /** To be called with each object that is created. */
  made(ref: ObjectRef): void {
    if (!this.#own.includes(ref.namespace ?? '')) this.#abroad.set(keyOf(ref), ref);
  }

  /** What a reset may remove: Istio objects, and Services that are not the world's. */
  async list(signal?: AbortSignal): Promise<KubeObject[]> {
    const services = (await this.#inOwn([SERVICES])).filter(each => !this.#isWorldsService(each));
    const everywhere = (await this.alone(signal)) ? await this.#everywhere(ISTIO_API_KINDS) : [];
    // A neighbour may have arrived in between, and some of these objects may be theirs.
    if (everywhere.length > 0 && (await this.alone(signal)))
      return [...everywhere.filter(isWorlds), ...services];
    const abroad = await Promise.all([...this.#abroad.values()].map(ref => readObject(this.#kube, ref)));
    const own = await this.#inOwn(ISTIO_API_KINDS);
    return [...own.filter(isWorlds), ...services, ...abroad.filter(each => each !== null)];
  }

  /** By its name: anybody can remove labels, or copy them. */
  #isWorldsService({ metadata }: KubeObject): boolean {
    return services(this.#options.names).some(
      each => each.metadata.name === metadata.name && each.metadata.namespace === metadata.namespace,
    );
  }

  /** A text for all objects that route traffic here; it differs when one of them has changed. */
  async fingerprint(signal?: AbortSignal): Promise<string> {
    const found = (await this.alone(signal))
      ? await this.#everywhere(ROUTING_KINDS)
      : await this.#aroundHere();
    const marks = found.map(({ metadata }) => `${metadata.uid} ${metadata.resourceVersion}`);
    return marks.sort().join('\n');
  }

  async #aroundHere(): Promise<KubeObject[]> {
    const outside = this.#options.names.outside;
    const lists = await Promise.all([
      this.#inOwn(ROUTING_KINDS),
      ...(this.#own.includes(outside) ? [] : ROUTING_KINDS.map(kind => this.#listed(kind, outside))),
      this.#rulesForAll(),
    ]);
    return lists.flat();
  }

  /** See Mesh.strangers. */
  async strangers(left: boolean, signal?: AbortSignal): Promise<readonly Stranger[]> {
    if (await this.alone(signal)) return [];
    const rules = (await this.#rulesForAll()).map(each => ({ ref: refOf(each), why: 'root' as const }));
    if (!left || !this.#options.sharesOutside) return rules;
    const lists = ISTIO_API_KINDS.map(kind => this.#listed(kind, this.#options.names.outside));
    const shared = (await Promise.all(lists)).flat();
    return [...rules, ...shared.map(each => ({ ref: refOf(each), why: 'shared' as const }))];
  }

  /** The DestinationRules of the root namespace that are for one of the lab's hosts. */
  async #rulesForAll(): Promise<KubeObject[]> {
    const rules = await Promise.all(RULES.map(kind => this.#listed(kind, ROOT)));
    const { mesh } = this.#options.names;
    const hosts = [...Object.values(HOSTS), `catalog.${mesh}.svc.cluster.local`];
    const covers = (host: string) =>
      hosts.some(each => each === host || (host.startsWith('*') && each.endsWith(host.slice(1))));
    return rules.flat().filter(({ spec }) => covers(String((spec as { host?: unknown } | undefined)?.host)));
  }

  async #inOwn(kinds: readonly ApiKind[]): Promise<KubeObject[]> {
    const lists = this.#own.flatMap(namespace =>
      kinds.map(({ apiVersion, kind }) => listObjects(this.#kube, apiVersion, kind, namespace)),
    );
    return (await Promise.all(lists)).flat();
  }

  async #everywhere(kinds: readonly ApiKind[]): Promise<KubeObject[]> {
    const lists = await Promise.all(kinds.map(kind => this.#listed(kind, null)));
    const own = this.#own;
    return lists.flat().filter(each => own.includes(each.metadata.namespace ?? '') || !isInstalled(each));
  }

  /** Of one namespace or of all; empty where listing is forbidden. */
  async #listed(kind: ApiKind, namespace: string | null): Promise<KubeObject[]> {
    return (await listIfAllowed(this.#kube, kind, namespace)) ?? [];
  }
}

/** The access log is part of the world where the mesh has none; no lesson makes such an object. */
function isWorlds(object: KubeObject): boolean {
  return object.kind !== 'Telemetry' || !isOurs(object);
}

/** Came with Istio itself, by istioctl or by Helm. Source: operator/pkg/helmreconciler/labels.go. */
function isInstalled({ metadata: { labels = {} } }: KubeObject): boolean {
  const owners = ['operator.istio.io/component', 'install.operator.istio.io/owning-resource'];
  return owners.some(label => label in labels) || labels['app.kubernetes.io/managed-by'] === 'Helm';
}
