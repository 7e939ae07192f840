/** `$((...))`: whole numbers, C's operators, variables by name. Source: POSIX.1-2017, Shell Command Language, 2.6.4 */

export interface Numbers {
  get(name: string): string;
  set(name: string, value: string): void;
}

type Token = string;

const TOKEN =
  /\s*(0x[\da-fA-F]+|\d+|[A-Za-z_]\w*|\*\*|\+\+|--|<<=|>>=|[-+*/%&|^]=|<<|>>|<=|>=|==|!=|&&|\|\||[-+*/%<>=!~&|^?:()])/y;

/** By how tightly they bind, the loosest first. */
const LEVELS: readonly (readonly string[])[] = [
  ['||'],
  ['&&'],
  ['|'],
  ['^'],
  ['&'],
  ['==', '!='],
  ['<', '<=', '>', '>='],
  ['<<', '>>'],
  ['+', '-'],
  ['*', '/', '%'],
];

const ASSIGNING = ['=', '+=', '-=', '*=', '/=', '%=', '&=', '|=', '^=', '<<=', '>>='];

/** Throws an Error with the shell's words. */
export function evaluate(text: string, variables: Numbers): bigint {
  const tokens = tokensOf(text);
  if (tokens.length === 0) return 0n;
  const parser = new Parser(tokens, variables);
  const value = parser.assignment();
  if (!parser.done) throw new Error('arithmetic syntax error');
  return value;
}

function tokensOf(text: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  const end = text.trimEnd().length;
  while (at < end) {
    TOKEN.lastIndex = at;
    const found = TOKEN.exec(text);
    if (!found) throw new Error('arithmetic syntax error');
    tokens.push(found[1] ?? '');
    at = TOKEN.lastIndex;
  }
  return tokens;
}

class Parser {
  readonly #tokens: readonly Token[];
  readonly #variables: Numbers;
  #at = 0;

  constructor(tokens: readonly Token[], variables: Numbers) {
    this.#tokens = tokens;
    this.#variables = variables;
  }

  get done(): boolean {
    return this.#at >= this.#tokens.length;
  }

  get #next(): Token {
    return this.#tokens[this.#at] ?? '';
  }

  #take(): Token {
    const token = this.#next;
    this.#at += 1;
    return token;
  }

  #expect(token: Token): void {
    if (this.#take() !== token) throw new Error('arithmetic syntax error');
  }

  assignment(): bigint {
    const operator = this.#tokens[this.#at + 1] ?? '';
    if (!isName(this.#next) || !ASSIGNING.includes(operator)) return this.#choice();
    const name = this.#take();
    this.#take();
    const right = this.assignment();
    return this.#set(name, operator === '=' ? right : apply(operator.slice(0, -1), this.#value(name), right));
  }

  #choice(): bigint {
    const test = this.#level(0);
    if (this.#next !== '?') return test;
    this.#take();
    const yes = this.assignment();
    this.#expect(':');
    const no = this.assignment();
    return test === 0n ? no : yes;
  }

  #level(level: number): bigint {
    const operators = LEVELS[level];
    if (!operators) return this.#unary();
    let left = this.#level(level + 1);
    while (operators.includes(this.#next)) left = apply(this.#take(), left, this.#level(level + 1));
    return left;
  }

  #unary(): bigint {
    const token = this.#take();
    if (token === '-') return -this.#unary();
    if (token === '+') return this.#unary();
    if (token === '!') return this.#unary() === 0n ? 1n : 0n;
    if (token === '~') return ~this.#unary();
    if (token === '++' || token === '--') {
      const name = this.#take();
      return this.#set(name, this.#value(name) + (token === '++' ? 1n : -1n));
    }
    if (token === '(') {
      const value = this.assignment();
      this.#expect(')');
      return value;
    }
    if (/^\d/.test(token)) return BigInt(/^0\d/.test(token) ? `0o${token.slice(1)}` : token);
    if (!isName(token)) throw new Error('arithmetic syntax error');
    const value = this.#value(token);
    if (this.#next === '++' || this.#next === '--')
      this.#set(token, value + (this.#take() === '++' ? 1n : -1n));
    return value;
  }

  #value(name: string): bigint {
    const text = this.#variables.get(name).trim();
    if (text === '') return 0n;
    if (!/^[-+]?\d+$/.test(text)) throw new Error('arithmetic syntax error');
    return BigInt(text.replace(/^\+/, ''));
  }

  #set(name: string, value: bigint): bigint {
    if (!isName(name)) throw new Error('arithmetic syntax error');
    this.#variables.set(name, String(value));
    return value;
  }
}

const isName = (token: string) => /^[A-Za-z_]/.test(token);

function apply(operator: string, left: bigint, right: bigint): bigint {
  const truth = (value: boolean) => (value ? 1n : 0n);
  if ((operator === '/' || operator === '%') && right === 0n) throw new Error('divide by zero');
  switch (operator) {
    case '||':
      return truth(left !== 0n || right !== 0n);
    case '&&':
      return truth(left !== 0n && right !== 0n);
    case '==':
      return truth(left === right);
    case '!=':
      return truth(left !== right);
    case '<':
      return truth(left < right);
    case '<=':
      return truth(left <= right);
    case '>':
      return truth(left > right);
    case '>=':
      return truth(left >= right);
    default:
      return BigInt.asIntN(64, calculate(operator, left, right));
  }
}

function calculate(operator: string, left: bigint, right: bigint): bigint {
  switch (operator) {
    case '+':
      return left + right;
    case '-':
      return left - right;
    case '*':
      return left * right;
    case '/':
      return left / right;
    case '%':
      return left % right;
    case '|':
      return left | right;
    case '^':
      return left ^ right;
    case '&':
      return left & right;
    case '<<':
      return left << (right & 63n);
    default:
      return left >> (right & 63n);
  }
}
