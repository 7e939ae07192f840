/** What a script of `sh` consists of. Source: POSIX.1-2017, Shell Command Language, sections 2.2 to 2.10 */

/** A word before its expansion. */
export type Word = readonly Part[];

export type Part =
  | { readonly kind: 'text'; readonly text: string; readonly quoted: boolean }
  | {
      readonly kind: 'parameter';
      readonly name: string;
      readonly quoted: boolean;
      /** `${#NAME}` */
      readonly length: boolean;
      /** `${NAME:-WORD}` and its kin. */
      readonly change: { readonly operator: string; readonly word: Word } | null;
    }
  | { readonly kind: 'command'; readonly list: List; readonly quoted: boolean }
  | { readonly kind: 'arithmetic'; readonly expression: Word; readonly quoted: boolean };

export interface Redirect {
  readonly fd: number;
  /** `<<` has the text itself as its target. */
  readonly operator: '<' | '>' | '>>' | '>&' | '<&' | '<<';
  readonly target: Word;
}

interface Redirected {
  readonly redirects: readonly Redirect[];
}

export interface Assignment {
  readonly name: string;
  readonly value: Word;
}

export type Command =
  | (Redirected & {
      readonly kind: 'simple';
      readonly assignments: readonly Assignment[];
      readonly words: readonly Word[];
    })
  | (Redirected & {
      readonly kind: 'if';
      readonly branches: readonly { readonly test: List; readonly body: List }[];
      readonly otherwise: List | null;
    })
  | (Redirected & {
      readonly kind: 'while';
      readonly until: boolean;
      readonly test: List;
      readonly body: List;
    })
  | (Redirected & {
      readonly kind: 'for';
      readonly name: string;
      /** null: the positional parameters. */
      readonly words: readonly Word[] | null;
      readonly body: List;
    })
  | (Redirected & {
      readonly kind: 'case';
      readonly word: Word;
      readonly arms: readonly { readonly patterns: readonly Word[]; readonly body: List }[];
    })
  | (Redirected & { readonly kind: 'group' | 'subshell'; readonly body: List })
  | (Redirected & { readonly kind: 'function'; readonly name: string; readonly body: Command });

export interface Pipeline {
  /** `! COMMAND` */
  readonly negated: boolean;
  readonly commands: readonly Command[];
}

export interface Item {
  /** Whether it runs, by how the one before it ended. */
  readonly when: 'always' | 'success' | 'failure';
  readonly pipeline: Pipeline;
}

export interface Statement {
  readonly items: readonly Item[];
  /** `&` */
  readonly background: boolean;
}

export type List = readonly Statement[];

/** The script cannot be read. */
export class SyntaxFault extends Error {
  /** What has to follow before it can: 'done', a quote, or '' for anything. null: nothing that follows would mend it. */
  readonly awaits: string | null;

  constructor(message: string, awaits: string | null = null) {
    super(message);
    this.awaits = awaits;
  }
}
