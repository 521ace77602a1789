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

/** Variables below one prefix of the store's names. Values set here are seen by later applications; `commit` makes the last ones the variables' updates. */
export class Scope {
  readonly trace: Trace;
  readonly prefix: string;
  readonly #entries: Map<string, Entry>;

  constructor(trace: Trace, prefix: string, entries = new Map<string, Entry>()) {
    this.trace = trace;
    this.prefix = prefix;
    this.#entries = entries;
  }

  /** The scope of a part of the network: `scope.child('block0')`. */
  child(name: string): Scope {
    return new Scope(this.trace, `${this.prefix}/${name}`, this.#entries);
  }

  /** Runs `body` on the child, its nodes marked with its name. */
  within<T>(name: string, body: (scope: Scope) => T): T {
    return this.trace.scoped(name, () => body(this.child(name)));
  }

  /** The current value of a variable, declared at its first use. */
  variable(name: string, shape: Shape, init: Initializer, role: VariableRole = 'weight'): Tensor {
    const path = `${this.prefix}/${name}`;
    const known = this.#entries.get(path);
    if (known !== undefined) return known.value;
    const value = this.trace.variable(path, shape, init);
    this.#entries.set(path, { role, before: value, value });
    return value;
  }

  /** Gives a declared variable (full name) a new value, which later uses read. */
  set(path: string, value: Tensor): void {
    const entry = this.#entries.get(path);
    if (entry === undefined) throw new GraphError(`${path} is not a variable of ${this.prefix}.`);
    entry.value = value;
  }

  /** Makes every value that was set the update of its variable; a traced network that only samples does not call it. */
  commit(): void {
    for (const [path, { before, value }] of this.#entries) if (value !== before) this.trace.update(path, value);
  }

  /** Full names and current values of the weights, in the order of their declaration. */
  weights(): ReadonlyMap<string, Tensor> {
    return new Map([...this.#entries].filter(([, { role }]) => role === 'weight').map(([path, { value }]) => [path, value]));
  }
}
