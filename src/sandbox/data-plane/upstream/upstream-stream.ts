/** A request on its way through a cluster: settles once, and reports the result to outlier detection. */
import type { Address } from '../../rooms.ts';
import type {
  UpstreamFailure,
  UpstreamOutcome,
  UpstreamRequest,
  UpstreamResponse,
  UpstreamStream,
} from '../contract.ts';
import type { PoolStream } from './conn-pool.ts';
import type { OutlierDetector } from './outlier-detection.ts';
import type { UpstreamHost } from './upstream-host.ts';

export class ClusterStream implements UpstreamStream, PoolStream {
  readonly outcome: Promise<UpstreamOutcome>;
  local: Address | null = null;
  #settle: (outcome: UpstreamOutcome) => void = () => {};
  #answered = false;
  #settled = false;
  #end: (() => void) | null = null;
  readonly request: UpstreamRequest;
  readonly host: UpstreamHost | null;
  readonly #outliers: OutlierDetector | null;

  constructor(request: UpstreamRequest, host: UpstreamHost | null, outliers: OutlierDetector | null) {
    this.request = request;
    this.host = host;
    this.#outliers = outliers;
    this.outcome = new Promise(resolve => {
      this.#settle = resolve;
    });
  }

  /** Takes the function from the pool that ends the stream. */
  endsWith(end: () => void): this {
    this.#end = end;
    return this;
  }

  onConnection(local: Address): void {
    this.local = local;
    if (this.host !== null) this.#outliers?.putLocalOrigin(this.host, 'connect success');
  }

  onResponse(response: UpstreamResponse, local: Address): void {
    const host = this.host;
    if (this.#settled || host === null) return;
    this.#settled = true;
    this.#answered = true;
    if (response.status >= 500) host.totals.error++;
    else host.totals.success++;
    this.#outliers?.putResponseCode(host, response.status);
    this.#settle({ kind: 'response', response, host, local });
  }

  /**
   * Every failure except overflow counts against the host: that the breakers are full says nothing about it.
   * Source: source/common/router/router.cc, onUpstreamReset.
   */
  onFailure(failure: Omit<UpstreamFailure, 'host'> & { readonly host?: null }): void {
    if (this.host !== null && failure.flag !== 'UO' && (this.#answered || !this.#settled)) {
      this.host.totals.error++;
      this.#outliers?.putLocalOrigin(this.host, 'connect failed');
    }
    if (this.#settled) return;
    this.#settled = true;
    this.#settle({ kind: 'failure', failure: { host: this.host, ...failure } });
  }

  onDone(): void {
    this.#end = null;
  }

  reset(why: 'timeout' | 'cancelled'): void {
    if (why === 'timeout' && this.host !== null) {
      this.host.totals.timeout++;
      this.#outliers?.putLocalOrigin(this.host, 'timeout');
    }
    const end = this.#end;
    this.#end = null;
    if (!this.#settled) {
      this.#settled = true;
      // Nobody may be left waiting; whoever reset the stream does not look at this.
      this.#settle({
        kind: 'failure',
        failure: { flag: 'UC', reason: 'local reset', transportFailure: '', host: this.host },
      });
    }
    end?.();
  }
}
