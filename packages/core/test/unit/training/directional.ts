/** A scalar of a graph as a function of the graph's variables, and its finite difference along a random direction. */
import { compile, type Graph, type Program, type VariableStore } from '../../../src/index.ts';
import { createReferenceBackend } from '../../../src/reference/index.ts';
import type { HostTensor, TensorRecord } from '../../../src/tensor.ts';
import { randomTensor } from '../../../src/testing/index.ts';

/** So small that no activation of these tests passes its kink on the way; rounding then stays below 1e-7 of the slope. */
const STEP = 2 ** -24;

/** Changes for some variables, by name. */
export type Direction = Readonly<Record<string, HostTensor>>;

/** Normal numbers for each of the named variables. */
export function randomDirection(values: TensorRecord, names: readonly string[], key: string): Direction {
  return Object.fromEntries(names.map((name) => [name, randomTensor((values[name] as HostTensor).shape, `${key}/${name}`)]));
}

/** The sum of some scalar outputs, on fixed feeds; running it changes no variable. */
export class ScalarOfVariables {
  readonly #program: Program;
  readonly #store: VariableStore;
  readonly #feeds: TensorRecord;

  private constructor(program: Program, store: VariableStore, feeds: TensorRecord) {
    this.#program = program;
    this.#store = store;
    this.#feeds = feeds;
  }

  static async of(graph: Graph, names: readonly string[], feeds: TensorRecord): Promise<ScalarOfVariables> {
    const backend = createReferenceBackend();
    const store = backend.createStore();
    const program = await compile(backend, withoutUpdates(graph, names), { store });
    return new ScalarOfVariables(program, store, feeds);
  }

  async at(values: TensorRecord): Promise<number> {
    await this.#store.load(values);
    let total = 0;
    for (const value of Object.values(await this.#program.run(this.#feeds))) total += (await value).data[0] ?? Number.NaN;
    return total;
  }

  /** The central difference of the scalar at `values` along `direction`. */
  async slope(values: TensorRecord, direction: Direction): Promise<number> {
    const there = await this.at({ ...values, ...moved(values, direction, STEP) });
    const back = await this.at({ ...values, ...moved(values, direction, -STEP) });
    return (there - back) / (2 * STEP);
  }
}

/** What gradients, by variable, predict for the slope along `direction`. */
export function predictedSlope(gradients: TensorRecord, direction: Direction): number {
  return Object.entries(direction).reduce((total, [name, { data }]) => {
    const gradient = gradients[name]?.data;
    return Array.from(data).reduce((sum, value, at) => sum + value * (gradient?.[at] ?? Number.NaN), total);
  }, 0);
}

/** How far two numbers are apart, relative to the second. */
export function relativeError(measured: number, expected: number): number {
  return Math.abs(measured - expected) / Math.abs(expected);
}

function moved(values: TensorRecord, direction: Direction, step: number): TensorRecord {
  const move = (name: string, { data }: HostTensor) => {
    const origin = values[name] as HostTensor;
    return { ...origin, data: Float64Array.from(origin.data, (value, at) => value + step * (data[at] ?? Number.NaN)) };
  };
  return Object.fromEntries(Object.entries(direction).map(([name, along]) => [name, move(name, along)]));
}

function withoutUpdates(graph: Graph, names: readonly string[]): Graph {
  const variables = [...graph.variables].map(([key, { name, shape, dtype, init }]) => [key, { name, shape, dtype, init }] as const);
  const outputs = [...graph.outputs].filter(([name]) => names.includes(name));
  return { ...graph, variables: new Map(variables), outputs: new Map(outputs) };
}
