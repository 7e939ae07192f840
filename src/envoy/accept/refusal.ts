/** What Envoy says about a resource that it does not accept. */
export interface EnvoyRefusal {
  /** Envoy's own words. */
  readonly text: string;
  /** Found while the update was read: everything in the same message is refused with it. */
  readonly wholeUpdate?: true;
}
