/** What became of an apply. `seconds` is counted from the API's answer. */
export type Effect =
  | { readonly kind: 'in-effect'; readonly seconds: number }
  | { readonly kind: 'unchanged'; readonly seconds: number }
  /** `why`: Envoy's words; `cause`: the same in plain words, with what is at fault, where that is known. */
  | { readonly kind: 'refused-by-sidecar'; readonly why: string; readonly cause?: string }
  | { readonly kind: 'not-yet'; readonly seconds: number };
