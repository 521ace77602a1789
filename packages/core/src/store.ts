/**
 * Bookkeeping that every backend's stores and programs need, so that all of them refuse the same mistakes in the same words:
 * declared types of variables, calls in order, and the checks of what a run is given. Knows no engine.
 */
import { BackendError, type Feeds } from './backend.ts';
import type { Graph } from './graph/graph.ts';
import { checkHostTensor, formatType, type HostTensor, sameShape, type TensorRecord, type TensorType } from './tensor.ts';

/** The type of every variable of a store, fixed by the first program or load that mentions it. */
export class VariableTypes {
  readonly #types = new Map<string, TensorType>();

  /** Fixes the types of new variables; throws BackendError, and fixes none, when one contradicts its declared type. */
  declare(variables: Iterable<readonly [name: string, type: TensorType]>): void {
    const declared = [...variables];
    for (const [name, type] of declared) {
      const known = this.#types.get(name) ?? type;
      if (!sameType(known, type)) {
        throw new BackendError(
          `variable ${name}: expected ${formatType(known)}, got ${formatType(type)}. A store holds one type under a name; use another store for another model.`,
        );
      }
    }
    for (const [name, { shape, dtype }] of declared) this.#types.set(name, { shape, dtype });
  }

  /** As `declare`, for host tensors about to be loaded; throws BackendError as well when data do not fit their own type. */
  declareRecord(record: TensorRecord): void {
    for (const [name, tensor] of Object.entries(record)) checkData(tensor, `variable ${name}`);
    this.declare(Object.entries(record));
  }

  /** The declared type of a variable, or undefined when nothing has mentioned it. */
  get(name: string): TensorType | undefined {
    return this.#types.get(name);
  }
}

/** Runs tasks one after the other in the order of the calls; a task that fails does not hold up the next. */
export class CallQueue {
  readonly #owner: string;
  #tail: Promise<unknown> = Promise.resolve();
  #closed = false;

  /** `owner` names the resource in errors: `the store`. */
  constructor(owner: string) {
    this.#owner = owner;
  }

  /** Runs `task` after all earlier ones and resolves with its result; rejects with BackendError once closed. */
  enqueue<T>(task: () => T | Promise<T>): Promise<T> {
    if (this.#closed) return Promise.reject(new BackendError(`${this.#owner} was disposed; create a new one.`));
    const result = this.#tail.then(task);
    this.#tail = result.catch(() => undefined);
    return result;
  }

  /** Refuses further tasks and runs `release` after those already called; closing again does nothing. */
  close(release: () => void | Promise<void>): Promise<void> {
    if (this.#closed) return Promise.resolve();
    const released = this.enqueue(release);
    this.#closed = true;
    return released;
  }
}

/** Throws BackendError, naming the feed, unless `feeds` holds exactly the graph's inputs, each with its type. */
export function checkFeeds(graph: Graph, feeds: Feeds): void {
  for (const [name, type] of graph.inputs) {
    const feed = Object.hasOwn(feeds, name) ? feeds[name] : undefined;
    if (feed === undefined) throw new BackendError(`feed ${name}: missing; the program needs ${formatType(type)} for it.`);
    if (!sameType(feed, type)) throw new BackendError(`feed ${name}: expected ${formatType(type)}, got ${formatType(feed)}.`);
    checkData(feed, `feed ${name}`);
  }
  for (const name of Object.keys(feeds)) {
    if (!graph.inputs.has(name)) throw new BackendError(`feed ${name}: unknown; the program takes ${listNames(graph.inputs.keys())}.`);
  }
}

/** Names of the outputs to fetch: `fetch`, or all outputs when it is not given; throws BackendError for an unknown one. */
export function checkFetch(graph: Graph, fetch?: readonly string[]): readonly string[] {
  const names = fetch ?? [...graph.outputs.keys()];
  for (const name of names) {
    if (!graph.outputs.has(name)) throw new BackendError(`fetch ${name}: unknown; the program offers ${listNames(graph.outputs.keys())}.`);
  }
  return names;
}

/** The error for a variable that is read before it has a value. */
export function missingVariable(name: string, type?: TensorType): BackendError {
  const expected =
    type === undefined ? 'nothing has loaded it and no program declares it' : `load ${formatType(type)} into the store first`;
  return new BackendError(`variable ${name}: it has no value; ${expected}.`);
}

function sameType(a: TensorType, b: TensorType): boolean {
  return a.dtype === b.dtype && sameShape(a.shape, b.shape);
}

function checkData(tensor: HostTensor, name: string): void {
  try {
    checkHostTensor(tensor, name);
  } catch (error) {
    throw new BackendError(error instanceof Error ? error.message : String(error), { cause: error });
  }
}

function listNames(names: Iterable<string>): string {
  return [...names].join(', ') || 'none';
}
