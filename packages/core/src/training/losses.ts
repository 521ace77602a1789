/** The losses of the paper and of its baselines, each a scalar. */

import { grad } from '../autodiff/grad.ts';
import type { Tensor } from '../graph/graph.ts';
import type { Network } from '../models/networks.ts';
import { ModelError } from '../models/specs.ts';
import { abs, add, mean, meanAll, mul, neg, reshape, sigmoidCrossEntropy, sqrt, square, sub, sum } from '../ops.ts';

/** Least squares (the paper's choice, section 4), the original cross-entropy, or Wasserstein with gradient penalty. */
export type AdversarialKind = 'lsgan' | 'vanilla' | 'wgangp';

/** How far a discriminator's logits are from calling everything real, or fake; targets are 1 and 0. */
export function adversarialLoss(kind: AdversarialKind, logits: Tensor, label: 'real' | 'fake'): Tensor {
  const target = label === 'real' ? 1 : 0;
  switch (kind) {
    case 'lsgan':
      return meanAll(square(sub(logits, target)));
    case 'vanilla':
      return meanAll(sigmoidCrossEntropy(logits, target));
    case 'wgangp':
      return label === 'real' ? neg(meanAll(logits)) : meanAll(logits);
  }
}

/** Mean absolute difference: the cycle and identity losses (paper, equation 2 and section 5.2). */
export function l1Loss(a: Tensor, b: Tensor): Tensor {
  return meanAll(abs(sub(a, b)));
}

/**
 * Gradient penalty of WGAN-GP (Gulrajani et al. 2017, equation 3): mean over samples of (|gradient| - 1)², at alpha * real + (1 - alpha) * fake.
 * `alpha` is N x 1 x 1 x 1. As in the reference, 1e-16 is added to the gradient under the norm.
 */
export function gradientPenalty(discriminator: Network, real: Tensor, fake: Tensor, alpha: Tensor): Tensor {
  const between = add(mul(real, alpha), mul(fake, sub(1, alpha)));
  const logits = discriminator.apply(between);
  const [gradient] = grad(reshape(sum(logits), []), [between]) as [Tensor];
  const norm = sqrt(sum(square(add(gradient, 1e-16)), [1, 2, 3]));
  return reshape(mean(square(sub(norm, 1))), []);
}

/** Throws ModelError unless all loss weights are numbers of at least 0 and one is above. */
export function checkWeights(weights: Readonly<Record<string, number>>): void {
  for (const [name, weight] of Object.entries(weights)) {
    if (!(weight >= 0)) throw new ModelError(`loss weight ${name}: expected a number of at least 0, got ${weight}.`);
  }
  if (Object.values(weights).every((weight) => weight === 0))
    throw new ModelError('all loss weights are 0: there is nothing to learn; set at least one.');
}
