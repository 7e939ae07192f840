/** What a shell knows: variables, parameters, functions, options, its folder. */
import { evaluate } from './arithmetic.ts';
import { ExpansionFault } from './expand.ts';
import type { Command } from './syntax.ts';

export class Variables {
  readonly name: string;
  positional: readonly string[];
  status = 0;
  /** Letters of `set`: e, u, x. */
  readonly options = new Set<string>();
  readonly variables: Map<string, string>;
  readonly exported: Set<string>;
  readonly functions = new Map<string, Command>();
  folder: string;
  /** What `trap` wants done when this shell ends; a shell made from it begins without. */
  atExit: string | null = null;

  constructor(name: string, positional: readonly string[], env: Readonly<Record<string, string>>) {
    this.name = name;
    this.positional = positional;
    this.variables = new Map(Object.entries(env));
    this.exported = new Set(Object.keys(env));
    this.folder = env.PWD ?? '/';
  }

  /** Takes over all that another one knows. */
  protected takeFrom(other: Variables): void {
    for (const [name, value] of other.variables) this.variables.set(name, value);
    for (const name of other.exported) this.exported.add(name);
    for (const [name, body] of other.functions) this.functions.set(name, body);
    for (const letter of other.options) this.options.add(letter);
    this.folder = other.folder;
    this.status = other.status;
  }

  get strict(): boolean {
    return this.options.has('u');
  }

  get(name: string): string | undefined {
    switch (name) {
      case '?':
        return String(this.status);
      case '#':
        return String(this.positional.length);
      case '@':
      case '*':
        return this.positional.join(' ');
      case '$':
        return '1';
      case '!':
        return '';
      case '-':
        return [...this.options].join('');
      case '0':
        return this.name;
      case 'PWD':
        return this.folder;
      default:
        return /^\d$/.test(name) ? this.positional[Number(name) - 1] : this.variables.get(name);
    }
  }

  set(name: string, value: string): void {
    this.variables.set(name, value);
  }

  get environment(): Record<string, string> {
    const names = [...this.exported].filter(name => this.variables.has(name));
    return Object.fromEntries(names.map(name => [name, this.variables.get(name) ?? '']));
  }

  calculate(expression: string): string {
    try {
      const variables = {
        get: (name: string) => this.get(name) ?? '',
        set: (name: string, value: string) => this.set(name, value),
      };
      return String(evaluate(expression, variables));
    } catch (error) {
      throw new ExpansionFault(`arithmetic expression: ${(error as Error).message}: "${expression}"`);
    }
  }
}
