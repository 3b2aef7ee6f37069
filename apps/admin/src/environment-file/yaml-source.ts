import { Document, isAlias, isMap, isScalar, isSeq, LineCounter, Node, parseDocument, visit, YAMLError } from 'yaml';
import { Path } from './file-problem.js';

/** A YAML file with its positions. */
export class YamlSource {
  readonly #lines = new LineCounter();
  readonly #document: Document.Parsed | undefined;

  constructor(
    readonly file: string,
    text: string,
  ) {
    // `prettyErrors` would quote the source, and the source may hold a secret. Keys that repeat are found by the shapes.
    const options = { lineCounter: this.#lines, prettyErrors: false, uniqueKeys: false, logLevel: 'error' } as const;
    try {
      this.#document = parseDocument(text, options);
    } catch (error) {
      if (!(error instanceof RangeError)) throw error; // the parser recurses, and the stack has an end
    }
  }

  get root(): Node | null {
    return this.#document?.contents ?? null;
  }

  /** Nothing but comments. */
  get isEmpty(): boolean {
    return this.root === null || (isScalar(this.root) && this.root.value === null);
  }

  /** The parser's complaints in our words: its own quote the source too. The first of a line: the others follow from it. */
  syntaxFaults(): { offset: number; message: string }[] {
    if (!this.#document) return [{ offset: 0, message: 'nests too deeply' }];
    const faults = [...this.#document.errors, ...this.#document.warnings].map(({ code, pos }) => ({
      offset: pos[0],
      message: SYNTAX_FAULTS[code] ?? 'is not well-formed YAML',
    }));
    const firsts = new Map<number, { offset: number; message: string }>();
    for (const fault of [...faults, ...danglingAliases(this.#document)]) {
      const { line } = this.position(fault.offset);
      if (!firsts.has(line)) firsts.set(line, fault);
    }
    return [...firsts.values()];
  }

  /** What an alias stands for; an alias without a target is a syntax fault already. */
  resolve(node: unknown): unknown {
    return isAlias(node) && this.#document ? node.resolve(this.#document) : node;
  }

  /** Whether something stands at this path, readable or not. */
  has(path: Path): boolean {
    return path.reduce<unknown>((node, step) => this.#step(node, step)?.value, this.root) !== undefined;
  }

  position(offset: number): { line: number; column: number } {
    const { line, col } = this.#lines.linePos(offset);
    return { line: Math.max(line, 1), column: Math.max(col, 1) };
  }

  /** Where a path starts, or the deepest part of it that exists. `key` points at the name rather than the value. */
  offsetOf(path: Path, target: 'key' | 'value' = 'value'): number {
    let node: unknown = this.root;
    let offset = startOf(node) ?? 0;
    path.forEach((step, depth) => {
      const found = this.#step(node, step);
      const last = target === 'key' && depth === path.length - 1;
      node = found?.value;
      offset = startOf(last ? found?.key : (node ?? found?.key)) ?? offset;
    });
    return offset;
  }

  /** The last of a repeated key, as YAML readers usually have it. */
  #step(node: unknown, step: string | number): { key?: unknown; value: unknown } | undefined {
    const holder = this.resolve(node);
    if (isSeq(holder)) return { value: holder.items[Number(step)] };
    if (!isMap(holder)) return undefined;
    return holder.items.findLast(({ key }) => isScalar(key) && String(key.value) === step);
  }
}

/** An alias may only name an anchor that stands before it. */
function danglingAliases(document: Document.Parsed): { offset: number; message: string }[] {
  const anchors = new Set<string>();
  const dangling: { offset: number; message: string }[] = [];
  visit(document, {
    Alias: (_key, { source, range }) => {
      if (!anchors.has(source))
        dangling.push({ offset: range?.[0] ?? 0, message: 'an alias (*name) has no anchor (&name) before it' });
    },
    Value: (_key, { anchor }) => {
      if (anchor !== undefined) anchors.add(anchor);
    },
  });
  return dangling;
}

function startOf(node: unknown): number | undefined {
  return (node as Node | null | undefined)?.range?.[0];
}

const REFERENCE_HINT = 'inside { } and [ ] a reference is written in quotes: "${NAME}"';

const SYNTAX_FAULTS: Partial<Record<YAMLError['code'], string>> = {
  BAD_ALIAS: 'an alias is * and the name of an anchor',
  BAD_DIRECTIVE: 'a line that begins with % is a directive, and none is used here',
  BAD_DQ_ESCAPE: 'an escape in a "double-quoted" text does not exist; a backslash is written \\\\',
  BAD_INDENT: `the indentation does not fit; ${REFERENCE_HINT}`,
  BAD_SCALAR_START: 'a text that starts with this character needs quotes',
  BLOCK_AS_IMPLICIT_KEY:
    'is not a key with a value: is the indentation right, and does a text with ": " in it have quotes?',
  BLOCK_IN_FLOW: 'a list or map by indentation cannot be inside { } or [ ]',
  MISSING_CHAR: `a quote, comma, colon or closing bracket is missing; ${REFERENCE_HINT}`,
  MULTILINE_IMPLICIT_KEY: 'a key runs over several lines; is a ":" missing, or a quote?',
  MULTIPLE_DOCS: 'holds more than one YAML document; put each environment in a file of its own',
  NON_STRING_KEY: 'a key has to be text',
  RESOURCE_EXHAUSTION: 'nests too deeply',
  TAB_AS_INDENT: 'a tab indents this line; YAML indents with spaces',
  TAG_RESOLVE_FAILED: 'a tag (!name) is not used here',
  UNEXPECTED_TOKEN: `this does not belong here; ${REFERENCE_HINT}`,
};
