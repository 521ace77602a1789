/** The way from a traced graph to a running program: shape the graph to the backend, then let it compile. */
import { type Backend, BackendError, DeviceError, type Program, type VariableStore } from './backend.ts';
import type { Graph } from './graph/graph.ts';
import type { Precision } from './passes/mix-precision.ts';
import { optimise } from './passes/passes.ts';
import { recompute } from './passes/recompute.ts';

/** Whether a program is to be `fast`, or to take `low` memory and compute some things twice. The results are the same. */
export type MemoryUse = 'fast' | 'low';

/** How a graph is compiled. */
export interface CompileOptions {
  readonly store: VariableStore;
  /** `fast` unless given. */
  readonly memory?: MemoryUse;
  /** `f32` unless given; see mixPrecision. */
  readonly precision?: Precision;
}

/**
 * Optimises `graph`, decomposes what `backend` lacks and compiles the rest against `store`. Throws DeviceError when it cannot compute in `precision`,
 * BackendError when the graph needs another element type that the backend does not have.
 */
export async function compile(
  backend: Backend,
  graph: Graph,
  { store, memory = 'fast', precision = 'f32' }: CompileOptions,
): Promise<Program> {
  checkPrecision(backend, precision);
  const optimised = optimise(graph, backend.capabilities.composites, precision);
  const ready = memory === 'low' ? recompute(optimised) : optimised;
  const { dtypes } = backend.capabilities;
  for (const node of ready.nodes) {
    const missing = node.outputs.find(({ dtype }) => !dtypes.includes(dtype));
    if (missing === undefined) continue;
    throw new BackendError(
      `${backend.name} (${backend.device.kind}) cannot compute in ${missing.dtype}, which ${node.op} in ${node.scope || 'the graph'} needs; it has ${dtypes.join(', ')}.`,
    );
  }
  return backend.compile(ready, { store });
}

/** Throws DeviceError, with the remedy, unless `backend` can compute in `precision`. */
function checkPrecision({ name, device, capabilities: { dtypes } }: Backend, precision: Precision): void {
  if (dtypes.includes(precision)) return;
  throw new DeviceError(device.kind, {
    reason: `${name} on ${device.description} has no ${precision}`,
    remedy: 'compute in f32 (`--precision f32`), or on the webgpu backend with an adapter that has the feature shader-f16.',
  });
}
