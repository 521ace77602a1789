/**
 * The contract between core and the engines that run its graphs. Core owns shapes, gradients and training; a backend runs
 * forward ops, keeps variables where it runs, and copies out only what is fetched.
 */

import type { Graph } from './graph/graph.ts';
import type { CompositeName, PrimitiveName } from './graph/ops.ts';
import type { DType, HostTensor, TensorRecord } from './tensor.ts';

/** What the backend runs on, for people and for checkpoints. */
export interface DeviceInfo {
  /** Short name as in `--device`: `cpu`, `cuda`, `webgpu` ... */
  readonly kind: string;
  /** Engine and version, for example `onnxruntime-node 1.30.0`. */
  readonly description: string;
  /** CPU threads in use, where that means something. */
  readonly threads?: number;
}

/** What a backend can do, as data; core shapes graphs to it before they are compiled. */
export interface Capabilities {
  readonly dtypes: readonly DType[];
  /** Composite ops it computes natively; the others are decomposed before it sees the graph. */
  readonly composites: readonly CompositeName[];
  /** Primitives that it computes with several kernels of its engine, for reports; the others take one. */
  readonly composed?: readonly PrimitiveName[];
}

/** What an engine has decided by measuring. The last bits of results depend on it: with the same choices an engine repeats itself. */
export interface EngineChoices {
  /** The engine that was measured, as its DeviceInfo describes it; on another these choices mean nothing. */
  readonly engine: string;
  /** Which variant computes what, where there are several. */
  readonly variants: Readonly<Record<string, string>>;
}

/** Time that the kernels of a name took in all runs so far. */
export interface KernelTime {
  /** What they compute and, in brackets, for which layer. */
  readonly label: string;
  readonly seconds: number;
  /** How often they ran. */
  readonly dispatches: number;
}

/** Values for a graph's inputs, by name. */
export type Feeds = TensorRecord;

/** Fetched outputs by name, each with a promise of its own. */
export type Outputs = Readonly<Record<string, Promise<HostTensor>>>;

/** What a compiled program is made of, for reports. */
export interface ProgramStats {
  /** Nodes of the engine's own graph. */
  readonly nodes: number;
  /** Seconds that compiling took. */
  readonly compileSeconds: number;
}

/** A graph compiled for an engine, bound to a store. */
export interface Program {
  /**
   * Runs once. Resolves when the work is submitted; each fetched output has its own promise; without `fetch` all outputs are fetched. Feeds are
   * copied at the call. All variable updates commit together, whatever is fetched; when the run fails none does. Throws BackendError for a missing,
   * unknown or mistyped feed or fetch.
   */
  run(feeds: Feeds, options?: { readonly fetch?: readonly string[] }): Promise<Outputs>;
  readonly stats: ProgramStats;
  /** Frees the program once the runs already called are done; later ones are refused. */
  dispose(): void;
}

/** Where variables live. Runs, loads and reads on one store happen in call order. */
export interface VariableStore {
  /** Copies values in, creating or replacing variables; throws BackendError when one's type differs from what a program or an earlier load declared. */
  load(record: TensorRecord): Promise<void>;
  /** Copies values out (all, or the named ones); throws BackendError for a name that has no value. */
  read(names?: readonly string[]): Promise<TensorRecord>;
  dispose(): void;
}

/** An engine. Programs that share a store share its variables, so sampling never copies weights. */
export interface Backend {
  readonly name: string;
  readonly device: DeviceInfo;
  readonly capabilities: Capabilities;
  /** What it has decided so far by measuring, to be saved with a run; left out by a backend that measures nothing. */
  readonly choices?: EngineChoices;
  createStore(): VariableStore;
  /** Compiles a graph that is already shaped to the capabilities; use core's `compile`, which does that. */
  compile(graph: Graph, options: { readonly store: VariableStore }): Promise<Program>;
  /** Tensors or buffers that it holds on its device now, those of stores included; left out by a backend that cannot count them. */
  liveTensors?(): number;
  /** Where the time went, the longest first; left out where it is not measured. */
  kernelTimes?(): Promise<readonly KernelTime[]>;
  dispose(): Promise<void>;
}

/** A backend cannot do what was asked; the message says what, why and the remedy. */
export class BackendError extends Error {
  override name = 'BackendError';
}

/** A device cannot be used; `reason` and `remedy` are the two halves of the message, for those who print them apart. */
export class DeviceError extends BackendError {
  override name = 'DeviceError';
  readonly reason: string;
  readonly remedy: string;

  constructor(device: string, { reason, remedy, cause }: { readonly reason: string; readonly remedy: string; readonly cause?: unknown }) {
    super(`device ${device}: ${reason.replace(/\.$/, '')}. Remedy: ${remedy}`, cause === undefined ? undefined : { cause });
    this.reason = reason;
    this.remedy = remedy;
  }
}
