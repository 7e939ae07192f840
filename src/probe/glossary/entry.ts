/** An entry of the glossary. */
export interface Entry {
  /** What it is asked for by: 'UF', '35', 'sni'. */
  readonly id: string;
  readonly title: string;
  /** 'A response flag of Envoy', 'An exit code of curl'; '' for a term. */
  readonly kind: string;
  /** Two to four sentences. */
  readonly text: string;
  /** The address of the page that it goes by. */
  readonly source: string;
  /** Where the entry is of use in a text. */
  readonly finds: RegExp;
}
