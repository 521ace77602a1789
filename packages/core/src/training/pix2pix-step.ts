/**
 * The pix2pix training step (Isola et al. 2017), the paper's supervised upper bound: a generator and a discriminator of pairs,
 * the discriminator first. The calls stand in the reference's order.
 */
import { type Graph, type Tensor, type Trace, trace } from '../graph/graph.ts';
import { discriminator, generator } from '../models/networks.ts';
import type { DiscriminatorSpec, GeneratorSpec } from '../models/specs.ts';
import type { WeightInit } from '../nn/initializers.ts';
import { add, concat, mul } from '../ops.ts';
import { type AdamOptions, descend } from './adam.ts';
import type { StepOptions } from './cyclegan-step.ts';
import { judge } from './judge.ts';
import { LossScale } from './loss-scale.ts';
import { type AdversarialKind, adversarialLoss, checkWeights, gradientPenalty, l1Loss } from './losses.ts';

/** Everything that shapes the training step of pix2pix; `discriminatorB` judges pairs, so its input channels are both domains'. */
export interface Pix2PixConfig {
  readonly kind: 'pix2pix';
  readonly generatorAB: GeneratorSpec;
  readonly discriminatorB: DiscriminatorSpec;
  readonly batch: number;
  readonly height: number;
  readonly width: number;
  readonly adversarial: AdversarialKind;
  /** Weights of the adversarial loss (1) and of the L1 distance to the truth (100). */
  readonly weights: { readonly gan: number; readonly l1: number };
  /** As in CycleGanConfig. */
  readonly gradientPenalty: number;
  readonly init: WeightInit;
  readonly adam: AdamOptions;
}

function pictures(recorder: Trace, { batch, height, width, generatorAB }: Pix2PixConfig): { realA: Tensor; realB: Tensor } {
  return {
    realA: recorder.input('A', [batch, generatorAB.inputChannels, height, width]),
    realB: recorder.input('B', [batch, generatorAB.outputChannels, height, width]),
  };
}

/**
 * The training step on aligned pictures `A` and `B`. Feeds as in traceCycleGanStep. Outputs: `loss/gan`, `loss/l1`, `loss/discReal`, `loss/discFake` and
 * `picture/fakeB`; with `gradients`, also `grad/<variable>`. Throws ModelError when weights do not fit.
 */
export function tracePix2PixStep(config: Pix2PixConfig, { gradients = false, precision = 'f32' }: StepOptions = {}): Graph {
  const { weights, adversarial, init, adam } = config;
  checkWeights(weights);
  return trace((recorder) => {
    const lossScale = precision === 'f16' ? new LossScale(recorder) : undefined;
    const genAB = generator(recorder, 'genAB', config.generatorAB, { init, training: true });
    const discB = discriminator(recorder, 'discB', config.discriminatorB, { init, training: true });
    const { realA, realB } = pictures(recorder, config);
    const losses = new Map<string, Tensor>();
    const found: ReadonlyMap<string, Tensor>[] = [];

    const fakeB = genAB.apply(realA);
    const fakePair = concat([realA, fakeB], 1);
    if (weights.gan > 0) {
      const realPair = concat([realA, realB], 1);
      losses.set('discFake', adversarialLoss(adversarial, discB.apply(fakePair), 'fake'));
      losses.set('discReal', adversarialLoss(adversarial, discB.apply(realPair), 'real'));
      let loss = mul([...losses.values()].reduce(add), 0.5);
      if (adversarial === 'wgangp' && config.gradientPenalty > 0) {
        const alpha = recorder.input('penalty/discB', [config.batch, 1, 1, 1]);
        loss = add(loss, mul(gradientPenalty(discB, realPair, fakePair, alpha), config.gradientPenalty));
      }
      found.push(descend(recorder, loss, { learning: [discB.scope], frozen: [genAB.scope], adam, lossScale }));
    }

    const terms: Tensor[] = [];
    const term = (name: 'gan' | 'l1', loss: () => Tensor) => {
      if (weights[name] === 0) return;
      const weighted = mul(loss(), recorder.input(`weight/${name}`, []));
      losses.set(name, weighted);
      terms.push(weighted);
    };
    term('gan', () => adversarialLoss(adversarial, discB.apply(fakePair), 'real'));
    term('l1', () => l1Loss(fakeB, realB));
    found.push(descend(recorder, terms.reduce(add), { learning: [genAB.scope], frozen: [discB.scope], adam, lossScale }));

    genAB.scope.commit();
    discB.scope.commit();
    lossScale?.commit();
    for (const [name, loss] of losses) recorder.output(`loss/${name}`, loss);
    recorder.output('picture/fakeB', fakeB);
    if (gradients) for (const [name, gradient] of found.flatMap((each) => [...each])) recorder.output(`grad/${name}`, gradient);
  });
}

/**
 * What the generator makes of a batch: inputs `A` and `B`, output `picture/fakeB`. Changes no variable. With `patches` also what the discriminator, if it
 * learns, says of the pairs: maps of logits `patch/realB` and `patch/fakeB`, normalised as in training.
 */
export function tracePix2PixSamples(config: Pix2PixConfig, { training = false, patches = false } = {}): Graph {
  const { init, weights } = config;
  return trace((recorder) => {
    const genAB = generator(recorder, 'genAB', config.generatorAB, { init, training });
    const { realA, realB } = pictures(recorder, config);
    const fakeB = genAB.apply(realA);
    recorder.output('picture/fakeB', fakeB);
    if (!patches || weights.gan === 0) return;
    const discB = discriminator(recorder, 'discB', config.discriminatorB, { init, training: true });
    judge(recorder, discB, { realB: concat([realA, realB], 1), fakeB: concat([realA, fakeB], 1) });
  });
}
