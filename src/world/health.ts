/** Whether a mesh to learn in is there and works. */

/** A port of 127.0.0.1 on which a sandbox listens. */
export interface OpenPort {
  readonly port: number;
  /** What is behind it, and whom it lets in. */
  readonly what: string;
}

export type Health = (
  | { readonly state: 'ready' }
  /** Nothing is there yet; `up` makes it. */
  | { readonly state: 'absent' }
  /** Something is there and does not work. `why` in one sentence. */
  | { readonly state: 'broken'; readonly why: string; readonly detail?: string | undefined }
) & {
  /** All that a sandbox has open on this machine; missing for other clusters. */
  readonly listens?: readonly OpenPort[];
};
