/** Adam (Kingma and Ba 2015) over the weights of some networks: moments are variables, step size and corrections are fed. */
import { grad } from '../autodiff/grad.ts';
import type { Tensor, Trace } from '../graph/graph.ts';
import { ZEROS } from '../nn/initializers.ts';
import type { Scope } from '../nn/scope.ts';
import { emit, select } from '../ops.ts';
import { f32Scalar, type TensorRecord } from '../tensor.ts';
import type { LossScale } from './loss-scale.ts';

/** Decay rates of the moments and the term under the division. */
export interface AdamOptions {
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
}

/** The paper's optimiser: Adam with beta1 0.5 (the reference's default). */
export const PAPER_ADAM: AdamOptions = { beta1: 0.5, beta2: 0.999, epsilon: 1e-8 };

/**
 * Feeds for 1-based update `count`, computed in f64: 1 - beta^t loses all its digits in f32 at the first steps.
 */
export function adamFeeds(learningRate: number, count: number, { beta1, beta2 }: AdamOptions): TensorRecord {
  return {
    'adam/stepSize': f32Scalar(learningRate / (1 - beta1 ** count)),
    'adam/correction': f32Scalar(1 / Math.sqrt(1 - beta2 ** count)),
  };
}

/** Whose weights a loss moves, and how. */
export interface DescendOptions {
  readonly learning: readonly Scope[];
  readonly frozen: readonly Scope[];
  readonly adam: AdamOptions;
  /** For mixed precision: scales the loss; where a gradient overflows, weights and moments stay as they are. */
  readonly lossScale?: LossScale | undefined;
}

/** Takes one Adam step down `loss` on the weights of `learning`, those of `frozen` left as they are, and returns the gradients by variable name. */
export function descend(trace: Trace, loss: Tensor, { learning, frozen, adam, lossScale }: DescendOptions): ReadonlyMap<string, Tensor> {
  const { beta1, beta2, epsilon } = adam;
  const owned = learning.flatMap((scope) => [...scope.weights()].map(([name, weight]) => ({ scope, name, weight })));
  const found = grad(
    lossScale?.scaled(loss) ?? loss,
    owned.map(({ weight }) => weight),
    // a weight that was updated in this step depends on everything its gradient did
    { frozen: frozen.flatMap((scope) => [...scope.weights().values()]) },
  );
  const { gradients, areFinite } = lossScale?.unscaled(found) ?? { gradients: found, areFinite: undefined };
  const stepSize = trace.input('adam/stepSize', []);
  const correction = trace.input('adam/correction', []);
  owned.forEach(({ scope, name, weight }, k) => {
    const moment = (kind: string) => trace.variable(`adam/${kind}/${name}`, weight.shape, ZEROS);
    const inputs = [weight, moment('m'), moment('v'), gradients[k] as Tensor, stepSize, correction] as const;
    const [next, m, v] = trace.scoped(`adam/${name}`, () => {
      const made = emit('adam', inputs, { beta1, beta2, epsilon });
      return areFinite === undefined ? made : made.map((value, at) => select(areFinite, value, inputs[at] as Tensor));
    }) as readonly [Tensor, Tensor, Tensor];
    scope.set(name, next);
    trace.update(`adam/m/${name}`, m);
    trace.update(`adam/v/${name}`, v);
  });
  return new Map(owned.map(({ name }, k) => [name, gradients[k] as Tensor]));
}
