/** Runs one graph once, the way users do: through core's `compile`. */
import type { Backend, Feeds } from '../backend.ts';
import { compile } from '../compile.ts';
import type { Graph } from '../graph/graph.ts';
import type { HostTensor } from '../tensor.ts';

/** All outputs of `graph` on `feeds`, computed by `backend` with an empty store. */
export async function runGraph(backend: Backend, graph: Graph, feeds: Feeds): Promise<Record<string, HostTensor>> {
  const store = backend.createStore();
  try {
    const program = await compile(backend, graph, { store });
    try {
      const outputs = Object.entries(await program.run(feeds));
      return Object.fromEntries(await Promise.all(outputs.map(async ([name, value]) => [name, await value] as const)));
    } finally {
      program.dispose();
    }
  } finally {
    store.dispose();
  }
}
