/**
 * The reference backend: every primitive op in plain TypeScript and f64, the oracle that the others are judged by. It has no
 * composite ops, so what it computes for one is core's decomposition.
 */
import { type Backend, BackendError, type Program } from '../backend.ts';
import { ReferenceProgram } from './program.ts';
import { ReferenceStore } from './store.ts';
import { DTYPES } from './value.ts';

/** A backend that computes `f32` graphs in f64 on one CPU thread; outputs and variables come back as Float64Array. */
export function createReferenceBackend(): Backend {
  const stores = new Set<ReferenceStore>();
  return {
    name: 'reference',
    device: { kind: 'cpu', description: 'plain TypeScript, f64', threads: 1 },
    capabilities: { dtypes: DTYPES, composites: [] },
    createStore: () => {
      const store = new ReferenceStore();
      stores.add(store);
      return store;
    },
    compile: async (graph, { store }): Promise<Program> => {
      if (!(store instanceof ReferenceStore)) {
        throw new BackendError("reference: the store belongs to another backend; make it with this backend's createStore.");
      }
      return new ReferenceProgram(graph, store);
    },
    // what a run computes is gone when it returns
    liveTensors: () => [...stores].reduce((total, { values }) => total + values.size, 0),
    dispose: async () => stores.clear(),
  };
}
