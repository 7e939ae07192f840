/**
 * Events, as `kubectl describe` and `get events` show them. Kubernetes keeps them for an hour; here the last 300 are
 * kept.
 */
import type { Resource } from '../../istio/resource.ts';
import type { Store } from '../api-server/store.ts';
import { isoSeconds } from '../time.ts';
import { NODE } from './node.ts';

const KEPT = 300;

type Component =
  | 'cronjob-controller'
  | 'default-scheduler'
  | 'deployment-controller'
  | 'job-controller'
  | 'kubelet'
  | 'replicaset-controller';

export interface Happening {
  readonly reason: string;
  readonly message: string;
  readonly component: Component;
  readonly type?: 'Normal' | 'Warning';
  /** 'spec.containers{api}' */
  readonly fieldPath?: string;
}

export class Events {
  readonly #written: { namespace: string; name: string }[] = [];
  #count = 0;
  readonly #store: Store;
  readonly #now: () => number;

  constructor(store: Store, now: () => number) {
    this.#store = store;
    this.#now = now;
  }

  record(about: Resource, happening: Happening): void {
    const { namespace = 'default', name, uid, resourceVersion } = about.metadata;
    if (!this.#store.get('namespaces', null, namespace)) return; // It is being deleted: nothing may be written into it.
    const { reason, message, component, type = 'Normal', fieldPath } = happening;
    const time = isoSeconds(this.#now());
    this.#count += 1;
    // As a plain number it would, from 2039 on, be too large to be distinguished from its neighbours.
    const own = `${name}.${(BigInt(this.#now()) * 4096n + BigInt(this.#count)).toString(16)}`;
    const { apiVersion, kind } = about;
    const onNode = component === 'kubelet' ? { host: NODE } : {};
    this.#store.create('events', {
      apiVersion: 'v1',
      kind: 'Event',
      metadata: { name: own, namespace },
      involvedObject: {
        ...{ apiVersion, kind, namespace, name, uid, resourceVersion },
        ...(fieldPath ? { fieldPath } : {}),
      },
      ...{ reason, message, type, count: 1, eventTime: null, firstTimestamp: time, lastTimestamp: time },
      ...{ source: { component, ...onNode }, reportingComponent: component },
      reportingInstance: component === 'kubelet' ? NODE : '',
    });
    this.#written.push({ namespace, name: own });
    const oldest = this.#written.length > KEPT ? this.#written.shift() : undefined;
    if (oldest) this.#store.delete('events', oldest.namespace, oldest.name);
  }
}
