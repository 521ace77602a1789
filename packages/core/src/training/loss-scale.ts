/**
 * Dynamic loss scaling (Micikevicius et al. 2018, section 3.2): losses are multiplied before they are differentiated, so that f16 holds small gradients, and gradients
 * divided by it in f32. Where one overflows, the update is skipped and the scale halved. Knows scalars and gradients, no networks.
 */
import type { Tensor, Trace } from '../graph/graph.ts';
import { abs, add, cast, compare, div, min, mul, reshape, scalar, select, sub, sum } from '../ops.ts';

/** The scale at first, after how many steps without an overflow it doubles, and its bounds: training ends below the least. Powers of two, so that scaling never rounds. */
export const LOSS_SCALE = { initial: 2 ** 16, growthInterval: 2000, least: 2 ** -4, largest: 2 ** 24 } as const;

/** Numbers from here on count as overflown: f16's infinity is one. */
const OVERFLOWN = 2 ** 127;

/** Name of the variable that holds the scale, and of the output that tells which one a step has used: below the least, f16 does not hold the gradients. */
export const LOSS_SCALE_VALUE = 'lossScale/value';

/** Name of the variable that counts how many steps it has lasted. */
const GOOD_STEPS = 'lossScale/goodSteps';

/** The scale of all losses of a step that is being traced. Adam's corrections count skipped updates as well. */
export class LossScale {
  readonly #trace: Trace;
  readonly #value: Tensor;
  readonly #goodSteps: Tensor;
  readonly #overflows: Tensor[] = [];

  constructor(trace: Trace) {
    this.#trace = trace;
    this.#value = trace.variable(LOSS_SCALE_VALUE, [], { kind: 'constant', value: LOSS_SCALE.initial });
    this.#goodSteps = trace.variable(GOOD_STEPS, [], { kind: 'constant', value: 0 });
  }

  /** What is differentiated in place of `loss`. */
  scaled(loss: Tensor): Tensor {
    return mul(loss, this.#value);
  }

  /** The gradients of a loss from those of the scaled one, and whether all of them are finite: a bool scalar. */
  unscaled(scaled: readonly Tensor[]): { readonly gradients: Tensor[]; readonly areFinite: Tensor } {
    return this.#trace.scoped('lossScale', () => {
      const factor = div(1, this.#value);
      const gradients = scaled.map((gradient) => mul(gradient, factor));
      const overflown = gradients.map(countOverflown).reduce(add);
      this.#overflows.push(overflown);
      return { gradients, areFinite: compare(overflown, 'eq', 0) };
    });
  }

  /** Gives the scale its next value, once all gradients of the step were seen. */
  commit(): void {
    this.#trace.scoped('lossScale', () => {
      const { growthInterval, largest } = LOSS_SCALE;
      const areFinite = compare(this.#overflows.reduce(add), 'eq', 0);
      const goodSteps = add(this.#goodSteps, 1);
      const zero = scalar(goodSteps, 0);
      const grows = compare(goodSteps, 'ge', growthInterval);
      const grown = select(grows, min(mul(this.#value, 2), largest), this.#value);
      this.#trace.output(LOSS_SCALE_VALUE, this.#value);
      this.#trace.update(LOSS_SCALE_VALUE, select(areFinite, grown, mul(this.#value, 0.5)));
      this.#trace.update(GOOD_STEPS, select(areFinite, select(grows, zero, goodSteps), zero));
    });
  }
}

/** How many elements are no finite number: a comparison with NaN never holds. */
function countOverflown(gradient: Tensor): Tensor {
  const areFinite = compare(abs(gradient), 'lt', OVERFLOWN);
  return reshape(sum(sub(1, cast(areFinite, 'f32'))), []);
}
