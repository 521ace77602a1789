/**
 * The text of a kernel as it is written: statements in blocks, each expression computed once where it is in scope, helper functions once. Knows
 * WGSL's syntax and no operation.
 */

/** A block being written: its lines, and what is known by name in it. */
interface Block {
  readonly lines: string[];
  readonly known: Map<string, string>;
}

const INDENT = '  ';

/** Writes statements into nested blocks. */
export class Code {
  readonly #blocks: Block[] = [];
  readonly #functions = new Map<string, string>();
  #names = 0;

  /** A name for the value of `expression`, which is computed here unless that was done where it still holds. */
  let(expression: string): string {
    if (/^\w+$/.test(expression)) return expression;
    return this.once(expression, () => {
      const name = this.name();
      this.line(`let ${name} = ${expression};`);
      return name;
    });
  }

  /** What `make` returned when it was last called for `key` in a block that is still open. */
  once(key: string, make: () => string): string {
    for (const { known } of this.#blocks) {
      const name = known.get(key);
      if (name !== undefined) return name;
    }
    const made = make();
    this.#blocks.at(-1)?.known.set(key, made);
    return made;
  }

  /** A name that nothing else has. */
  name(): string {
    return `t${this.#names++}`;
  }

  /** Appends a statement. */
  line(text: string): void {
    this.#blocks.at(-1)?.lines.push(text);
  }

  /** The statements that `body` writes, indented. */
  block(body: () => void): string {
    this.#blocks.push({ lines: [], known: new Map() });
    body();
    const { lines } = this.#blocks.pop() as Block;
    return indented(lines.join('\n'));
  }

  /** Declares a function of the module once. */
  declare(name: string, text: string): void {
    this.#functions.set(name, text);
  }

  /** The functions declared so far. */
  get functions(): readonly string[] {
    return [...this.#functions.values()];
  }
}

/** `text` one level further in. */
export function indented(text: string): string {
  return text
    .split('\n')
    .map((line) => (line === '' ? line : `${INDENT}${line}`))
    .join('\n');
}
