/** Runs one graph, the way users do: through core's `compile`. */
import type { Backend, Feeds, Program } from '../backend.ts';
import { compile } from '../compile.ts';
import type { Graph } from '../graph/graph.ts';
import type { HostTensor } from '../tensor.ts';

/** All outputs of `graph` on `feeds`, computed by `backend` with an empty store. */
export function runGraph(backend: Backend, graph: Graph, feeds: Feeds): Promise<Record<string, HostTensor>> {
  return withProgram(backend, graph, (program) => outputsOf(program, feeds));
}

/** Runs that are timed: the quickest counts, since a machine that does something else only lengthens them. */
const TIMED_RUNS = 3;

/** The outputs of the last of several runs, and how long the quickest took by a clock of milliseconds once everything was compiled. */
export function timeGraph(
  backend: Backend,
  { graph, feeds }: { readonly graph: Graph; readonly feeds: Feeds },
  clock: () => number,
): Promise<{ readonly outputs: Record<string, HostTensor>; readonly milliseconds: number }> {
  return withProgram(backend, graph, async (program) => {
    let outputs = await outputsOf(program, feeds);
    let milliseconds = Number.POSITIVE_INFINITY;
    for (let run = 0; run < TIMED_RUNS; run++) {
      const begun = clock();
      outputs = await outputsOf(program, feeds);
      milliseconds = Math.min(milliseconds, clock() - begun);
    }
    return { outputs, milliseconds };
  });
}

async function withProgram<Result>(backend: Backend, graph: Graph, work: (program: Program) => Promise<Result>): Promise<Result> {
  const store = backend.createStore();
  try {
    const program = await compile(backend, graph, { store });
    try {
      return await work(program);
    } finally {
      program.dispose();
    }
  } finally {
    store.dispose();
  }
}

async function outputsOf(program: Program, feeds: Feeds): Promise<Record<string, HostTensor>> {
  const outputs = Object.entries(await program.run(feeds));
  return Object.fromEntries(await Promise.all(outputs.map(async ([name, value]) => [name, await value] as const)));
}
