/**
 * The graphs of an op case: the op itself, its gradient, and the gradient of its gradient. The gradients are those of scalars:
 * the results weighted with random numbers, and that scalar's gradients weighted with others.
 */
import { grad } from '../autodiff/grad.ts';
import type { Feeds } from '../backend.ts';
import { type Graph, type Tensor, Trace } from '../graph/graph.ts';
import { add, mul, reshape, sum } from '../ops.ts';
import { isFloat } from '../tensor.ts';
import { type AnyOpCase, inputsOf, titleOf, whyNoGradient } from './op-case.ts';
import { randomTensor } from './random-tensors.ts';

/** A graph with the values it is run on. Those of gradients have an output `loss` and an output `grad/<feed>` for each float feed they differentiate. */
export interface CaseGraph {
  readonly graph: Graph;
  readonly feeds: Feeds;
}

/** The graphs of a case; `gradient` and `second` are missing where the case has no gradient, for the reason `whyNoGradient`. */
export interface OpCaseGraphs {
  /** Outputs `y0`, `y1` ... from feeds `x0`, `x1` ... */
  readonly forward: CaseGraph;
  /** Scalar: sum of y times `weight`, over all float results. */
  readonly gradient?: CaseGraph;
  /** Scalar: sum of the first gradient times `direction`, over all float inputs. */
  readonly second?: CaseGraph;
  readonly whyNoGradient?: string;
}

/** Prefix of the outputs that are gradients with respect to a feed. */
export const GRADIENT = 'grad/';

/** Builds the graphs of a case. */
export function opCaseGraphs(opCase: AnyOpCase): OpCaseGraphs {
  const forward = new Recording(opCase);
  forward.results.forEach((y, k) => {
    forward.trace.output(`y${k}`, y);
  });
  const reason = whyNoGradient(
    opCase,
    forward.results.map(({ dtype }) => dtype),
  );
  if (reason !== undefined) return { forward: forward.finish(), whyNoGradient: reason };

  const gradient = new Recording(opCase);
  gradient.differentiate(gradient.weighted('weight', floats(gradient.results)));

  const second = new Recording(opCase);
  const inner = floats(second.inputs);
  const firstGradients = grad(second.weighted('weight', floats(second.results)), inner);
  second.differentiate(second.weighted('direction', firstGradients));
  return { forward: forward.finish(), gradient: gradient.finish(), second: second.finish() };
}

function floats(tensors: readonly Tensor[]): readonly Tensor[] {
  return tensors.filter(({ dtype }) => isFloat(dtype));
}

/** One application of the op of a case in a trace of its own, with the feeds collected beside it. */
class Recording {
  readonly trace = new Trace();
  readonly inputs: readonly Tensor[];
  readonly results: readonly Tensor[];
  readonly #key: string;
  readonly #feeds: Record<string, Feeds[string]> = {};
  readonly #fed = new Map<string, Tensor>();

  constructor(opCase: AnyOpCase) {
    this.#key = titleOf(opCase);
    this.inputs = inputsOf(opCase).map((value, at) => this.#feed(`x${at}`, value));
    this.results = this.trace.emit(opCase.op, this.inputs, opCase.params);
  }

  /** Sum of all elements of `tensors`, each times a random number fed for it. */
  weighted(name: string, tensors: readonly Tensor[]): Tensor {
    const terms = tensors.map((tensor, at) => {
      const weight = this.#feed(`${name}${at}`, randomTensor(tensor.shape, `${this.#key}/${name}${at}`));
      return reshape(sum(mul(tensor, weight)), []);
    });
    return terms.reduce((total, term) => add(total, term));
  }

  /** Makes `loss` and its gradients with respect to all float feeds outputs. */
  differentiate(loss: Tensor): void {
    const wrt = [...this.#fed].filter(([, { dtype }]) => isFloat(dtype));
    const gradients = grad(
      loss,
      wrt.map(([, tensor]) => tensor),
    );
    this.trace.output('loss', loss);
    wrt.forEach(([name], at) => {
      this.trace.output(`${GRADIENT}${name}`, gradients[at] as Tensor);
    });
  }

  finish(): CaseGraph {
    return { graph: this.trace.graph(), feeds: this.#feeds };
  }

  #feed(name: string, value: Feeds[string]): Tensor {
    const tensor = this.trace.input(name, value.shape, value.dtype);
    this.#feeds[name] = value;
    this.#fed.set(name, tensor);
    return tensor;
  }
}
