/** The training step of a segmentation network on photos and the classes of their pixels, as one graph: loss, gradients and optimiser. */
import { type Graph, type Tensor, trace } from '../graph/graph.ts';
import { type FcnSpec, fcn8s } from '../models/fcn.ts';
import { ModelError } from '../models/specs.ts';
import type { WeightInit } from '../nn/initializers.ts';
import { cast, compare, constant, div, max, mul, reshape, softmaxCrossEntropy, sum } from '../ops.ts';
import { type AdamOptions, descend } from './adam.ts';

/** Everything that shapes the training step of a segmentation network. */
export interface SegmentationConfig {
  readonly network: FcnSpec;
  readonly batch: number;
  readonly height: number;
  readonly width: number;
  /** How much a pixel of each class counts; all the same unless given. */
  readonly classWeights?: readonly number[];
  readonly init: WeightInit;
  readonly adam: AdamOptions;
}

/** For networks of relu trained from nothing (He et al. 2015); the gain is that of batch norm's scales. */
export const HE_INIT: WeightInit = { kind: 'kaiming', gain: 0.02 };

/** Adam with the decay rates of its authors. */
export const SEGMENTATION_ADAM: AdamOptions = { beta1: 0.9, beta2: 0.999, epsilon: 1e-8 };

/** Keeps a batch in which every pixel is void from dividing by 0. */
const NOTHING = 1e-6;

/**
 * Cross-entropy of the softmax over classes, averaged over pixels by the weights of their classes. `logits` are N x classes x H x W, `labels`
 * the numbers of classes, i32, N x 1 x H x W; any other number is void, and its pixel does not count.
 */
export function segmentationLoss(logits: Tensor, labels: Tensor, classWeights?: readonly number[]): Tensor {
  const classes = logits.shape[1] ?? 0;
  const weights = classWeights ?? new Array<number>(classes).fill(1);
  if (weights.length !== classes || weights.some((weight) => !(weight >= 0)))
    throw new ModelError(`classWeights: expected ${classes} numbers of at least 0, got ${weights.join(', ')}.`);
  const numbers = labels.trace.constant({
    shape: [1, classes, 1, 1],
    dtype: 'i32',
    data: Int32Array.from({ length: classes }, (_, at) => at),
  });
  const target = mul(cast(compare(labels, 'eq', numbers), 'f32'), constant(logits, [1, classes, 1, 1], Float64Array.from(weights)));
  return reshape(div(sum(softmaxCrossEntropy(logits, target)), max(sum(target), NOTHING)), []);
}

/**
 * The training step on `photos`, N x C x H x W in [-1, 1], and `labels` as segmentationLoss takes them; it is also fed what Adam and dropout need. Output:
 * `loss/segmentation`; with `gradients`, also `grad/<variable>`. Throws ModelError when the network does not fit.
 */
export function traceSegmentationStep(config: SegmentationConfig, { gradients = false } = {}): Graph {
  const { network, batch, height, width, classWeights, init, adam } = config;
  return trace((recorder) => {
    const fcn = fcn8s(recorder, network, { init, training: true });
    const logits = fcn.apply(recorder.input('photos', [batch, network.inputChannels, height, width]));
    const loss = segmentationLoss(logits, recorder.input('labels', [batch, 1, height, width], 'i32'), classWeights);
    const found = descend(recorder, loss, { learning: [fcn.scope], frozen: [], adam });
    fcn.scope.commit();
    recorder.output('loss/segmentation', loss);
    if (gradients) for (const [name, gradient] of found) recorder.output(`grad/${name}`, gradient);
  });
}

/** What a network makes of `photos`: output `logits`, N x classes x H x W. Changes no variable. */
export function traceSegmentation(
  network: FcnSpec,
  { batch, height, width }: Pick<SegmentationConfig, 'batch' | 'height' | 'width'>,
): Graph {
  return trace((recorder) => {
    const fcn = fcn8s(recorder, network, { init: HE_INIT, training: false });
    recorder.output('logits', fcn.apply(recorder.input('photos', [batch, network.inputChannels, height, width])));
  });
}
