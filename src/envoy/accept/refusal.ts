/** What Envoy says to a resource that it does not take. */
export interface EnvoyRefusal {
  /** Envoy's own words. */
  readonly text: string;
  /** Found while the update was read: everything that came in the same message is refused with it. */
  readonly wholeUpdate?: true;
}
