/** Why workloads have fewer pods than they want, by the workload's key: told once for each reason, however often tried. */
import type { StoreEvent } from '../../api-server/store.ts';

export class CreateFailures {
  readonly #why = new Map<string, string>();

  of(key: string): string | undefined {
    return this.#why.get(key);
  }

  /** undefined: its pods are there. Returns whether the reason is news. */
  note(key: string, why: string | undefined): boolean {
    const before = this.#why.get(key);
    if (why === undefined) this.#why.delete(key);
    else this.#why.set(key, why);
    return why !== undefined && why !== before;
  }

  /** Whose pods may be made now: what kept them from it may have gone, or appeared. */
  freedBy({ type, resource }: Pick<StoreEvent, 'type' | 'resource'>): readonly string[] {
    const frees =
      resource === 'pods' ? type === 'DELETED' : resource === 'serviceaccounts' && type === 'ADDED';
    return frees ? [...this.#why.keys()] : [];
  }
}
