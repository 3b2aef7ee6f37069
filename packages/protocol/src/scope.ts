/** RFC 6749 §3.3: a space-delimited list of case-sensitive tokens, order without meaning. */
const SCOPE_TOKEN = /^[\x21\x23-\x5b\x5d-\x7e]{1,128}$/;

/** More than any honest client asks for; a huge list is refused before it costs anything. */
const MOST_SCOPES = 100;

export class ScopeSet implements Iterable<string> {
  static readonly EMPTY = new ScopeSet([]);
  readonly #tokens: ReadonlySet<string>;

  private constructor(tokens: Iterable<string>) {
    this.#tokens = new Set(tokens);
  }

  static of(...tokens: string[]): ScopeSet {
    return new ScopeSet(tokens);
  }

  static from(tokens: Iterable<string>): ScopeSet {
    return new ScopeSet(tokens);
  }

  /** The set a `scope` parameter names, or undefined where its syntax is wrong (RFC 6749 §3.3) or it names too many. */
  static parse(text: string): ScopeSet | undefined {
    const tokens = text.split(' ').filter(Boolean);
    if (tokens.length > MOST_SCOPES || !tokens.every((token) => SCOPE_TOKEN.test(token))) return undefined;
    return new ScopeSet(tokens);
  }

  static isToken(text: string): boolean {
    return SCOPE_TOKEN.test(text);
  }

  get size(): number {
    return this.#tokens.size;
  }

  has(token: string): boolean {
    return this.#tokens.has(token);
  }

  /** Every token of this set is in `other`. */
  within(other: ScopeSet): boolean {
    return [...this.#tokens].every((token) => other.has(token));
  }

  intersect(other: ScopeSet): ScopeSet {
    return new ScopeSet([...this.#tokens].filter((token) => other.has(token)));
  }

  without(...tokens: string[]): ScopeSet {
    return new ScopeSet([...this.#tokens].filter((token) => !tokens.includes(token)));
  }

  union(other: Iterable<string>): ScopeSet {
    return new ScopeSet([...this.#tokens, ...other]);
  }

  [Symbol.iterator](): Iterator<string> {
    return this.#tokens[Symbol.iterator]();
  }

  toArray(): string[] {
    return [...this.#tokens];
  }

  toString(): string {
    return [...this.#tokens].join(' ');
  }

  toJSON(): string[] {
    return this.toArray();
  }
}
