/**
 * The variables of a network while it is traced: weights and running statistics by path, each with its current value.
 * A network is a function of a scope and its inputs; applying it twice to one scope shares the weights.
 */
import { GraphError, type Tensor, type Trace } from '../graph/graph.ts';
import type { Shape } from '../tensor.ts';
import type { Initializer } from './initializers.ts';

/** Whether the optimiser changes a variable (`weight`) or the forward pass does (`statistic`). */
export type VariableRole = 'weight' | 'statistic';

interface Entry {
  readonly role: VariableRole;
  readonly before: Tensor;
  value: Tensor;
}

/** What all parts of a network hold in common, by full name. */
interface Shared {
  readonly entries: Map<string, Entry>;
  readonly uses: Map<string, number>;
}

/** Variables below one prefix of the store's names. Values set here are seen by later applications; `commit` makes the last ones the variables' updates. */
export class Scope {
  readonly trace: Trace;
  readonly prefix: string;
  readonly #shared: Shared;

  constructor(trace: Trace, prefix: string, shared: Shared = { entries: new Map(), uses: new Map() }) {
    this.trace = trace;
    this.prefix = prefix;
    this.#shared = shared;
  }

  /** The scope of a part of the network: `scope.child('block0')`. */
  child(name: string): Scope {
    return new Scope(this.trace, `${this.prefix}/${name}`, this.#shared);
  }

  /** Runs `body` on the child, its nodes marked with its name. */
  within<T>(name: string, body: (scope: Scope) => T): T {
    return this.trace.scoped(name, () => body(this.child(name)));
  }

  /** The current value of a variable, declared at its first use. */
  variable(name: string, shape: Shape, init: Initializer, role: VariableRole = 'weight'): Tensor {
    const path = `${this.prefix}/${name}`;
    const known = this.#shared.entries.get(path);
    if (known !== undefined) return known.value;
    const value = this.trace.variable(path, shape, init);
    this.#shared.entries.set(path, { role, before: value, value });
    return value;
  }

  /** How often this part of the network has been applied before, for what differs from one application to the next. */
  countUse(): number {
    const uses = this.#shared.uses.get(this.prefix) ?? 0;
    this.#shared.uses.set(this.prefix, uses + 1);
    return uses;
  }

  /** Gives a declared variable (full name) a new value, which later uses read. */
  set(path: string, value: Tensor): void {
    const entry = this.#shared.entries.get(path);
    if (entry === undefined) throw new GraphError(`${path} is not a variable of ${this.prefix}.`);
    entry.value = value;
  }

  /** Makes every value that was set the update of its variable; a traced network that only samples does not call it. */
  commit(): void {
    for (const [path, { before, value }] of this.#shared.entries) if (value !== before) this.trace.update(path, value);
  }

  /** Full names and current values of the weights, in the order of their declaration. */
  weights(): ReadonlyMap<string, Tensor> {
    return new Map([...this.#shared.entries].filter(([, { role }]) => role === 'weight').map(([path, { value }]) => [path, value]));
  }
}
