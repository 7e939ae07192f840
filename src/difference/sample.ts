/** Short texts that a regular expression matches, as far as plain parts of it show them. Pure. */

/** Letters; a path or a header that is longer is not called. */
const LONGEST = 1000;

/** Enough for both sides of an alternative, few enough to be tried with everything else. */
const MOST = 4;

/**
 * For what people write in routes: literal text, '.', classes, groups, alternatives, '?', '*', '+', '{n}'. What it does not
 * understand yields nothing, or a text that does not match: whoever uses it looks.
 */
export function sampleOf(regex: string): string[] {
  const parser = new Parser(regex.replace(/^\^|\$$/g, ''));
  const found = parser.alternatives();
  return found === null || !parser.ended ? [] : [...new Set(found)].slice(0, MOST);
}

class Parser {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  get ended(): boolean {
    return this.#at === this.#text.length;
  }

  /** Null: something that is not understood. */
  alternatives(): string[] | null {
    const found: string[] = [];
    for (;;) {
      const part = this.#sequence();
      if (part === null) return null;
      found.push(...part);
      if (this.#text[this.#at] !== '|') return found;
      this.#at++;
    }
  }

  #sequence(): string[] | null {
    let found = [''];
    while (this.#at < this.#text.length && !'|)'.includes(this.#text[this.#at] ?? '')) {
      const atom = this.#atom();
      if (atom === null) return null;
      const repeated = this.#repeated(atom);
      if (repeated === null) return null;
      found = found.flatMap(before => repeated.map(each => before + each)).slice(0, MOST * 2);
      if (found.some(each => each.length > LONGEST)) return null;
    }
    return found;
  }

  #atom(): string[] | null {
    const char = this.#text[this.#at++] ?? '';
    if (char === '(') {
      const flags = /^\?(?:P?<\w+>|[a-zA-Z]*:)/.exec(this.#text.slice(this.#at));
      if (flags !== null) this.#at += flags[0].length;
      else if (/^\?[a-zA-Z]+\)/.test(this.#text.slice(this.#at))) {
        this.#at = this.#text.indexOf(')', this.#at) + 1;
        return [''];
      } else if (this.#text[this.#at] === '?') return null;
      const inner = this.alternatives();
      if (this.#text[this.#at++] !== ')') return null;
      return inner;
    }
    if (char === '[') return this.#class();
    if (char === '.') return ['x'];
    if (char === '^' || char === '$') return [''];
    if (char !== '\\') return [char];
    const escaped = this.#text[this.#at++] ?? '';
    if (escaped === 'd') return ['7'];
    if (escaped === 'w') return ['x'];
    if (escaped === 's') return [' '];
    if ('bAzZ'.includes(escaped)) return [''];
    return /[a-zA-Z0-9]/.test(escaped) ? null : [escaped];
  }

  #class(): string[] | null {
    const end = this.#text.indexOf(']', this.#at + 1);
    if (end === -1) return null;
    const inside = this.#text.slice(this.#at, end);
    this.#at = end + 1;
    // '[:alpha:]' is one of RE2's that a RegExp does not know.
    if (inside.includes('[:')) return null;
    if (inside.startsWith('^')) {
      const outside = ['x', '7', '-', '_', 'A', '/'].find(each => new RegExp(`[${inside}]`).test(each));
      return outside === undefined ? null : [outside];
    }
    if (inside.startsWith('\\')) return inside[1] === 'd' ? ['7'] : ['x'];
    return [inside[0] ?? ''];
  }

  #repeated(atom: string[]): string[] | null {
    const sign = /^(?:[*+?]|\{(\d+)(,\d*)?\})\??/.exec(this.#text.slice(this.#at));
    if (sign === null) return atom;
    this.#at += sign[0].length;
    const [whole, count, more] = sign;
    if (Number(count) === 0 && more === undefined) return [''];
    const least = count === undefined ? Number(whole.startsWith('+')) : Number(count);
    const times = Math.max(1, least);
    if (atom.some(each => each.length * times > LONGEST)) return null;
    const many = atom.map(each => each.repeat(times));
    return least === 0 ? [...many, ''] : many;
  }
}
