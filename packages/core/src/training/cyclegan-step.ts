/**
 * The CycleGAN training step (paper, section 3 and 4) as one graph: both generators, both discriminators, their losses,
 * gradients, optimiser steps and image buffers. The calls stand in the reference's order, because running statistics depend on it.
 */
import { type Graph, type Tensor, type Trace, trace } from '../graph/graph.ts';
import { discriminator, generator, type Network } from '../models/networks.ts';
import { type DiscriminatorSpec, type GeneratorSpec, ModelError } from '../models/specs.ts';
import type { WeightInit } from '../nn/initializers.ts';
import { add, mul } from '../ops.ts';
import type { Precision } from '../passes/mix-precision.ts';
import { f32Scalar, type TensorRecord } from '../tensor.ts';
import { type AdamOptions, descend } from './adam.ts';
import { imagePool } from './image-pool.ts';
import { judge } from './judge.ts';
import { LossScale } from './loss-scale.ts';
import { type AdversarialKind, adversarialLoss, checkWeights, gradientPenalty, l1Loss } from './losses.ts';

/**
 * Weights of the loss terms. Those of tables 4 and 5 are settings: cycle alone is ganAB = ganBA = 0, GAN and forward cycle is cycleB = 0.
 * A term of weight 0 leaves no nodes, and a network that no term needs is not part of the step.
 */
export interface CycleGanWeights {
  /** Adversarial loss of genAB against discB, and of genBA against discA (equation 1). */
  readonly ganAB: number;
  readonly ganBA: number;
  /** |genBA(genAB(a)) - a|, the forward cycle, and |genAB(genBA(b)) - b|, the backward one (equation 2): the paper's lambda, 10. */
  readonly cycleA: number;
  readonly cycleB: number;
  /** |genAB(b) - b| and |genBA(a) - a| (section 5.2): half the cycle's weight. */
  readonly identityA: number;
  readonly identityB: number;
}

/** Weights as the reference states them: lambdas of the two cycles, and the identity terms as a share of the other cycle's. */
export function cycleGanWeights({ lambdaA = 10, lambdaB = 10, lambdaIdentity = 0.5 } = {}): CycleGanWeights {
  return { ganAB: 1, ganBA: 1, cycleA: lambdaA, cycleB: lambdaB, identityA: lambdaB * lambdaIdentity, identityB: lambdaA * lambdaIdentity };
}

/** Everything that shapes the training step of CycleGAN. */
export interface CycleGanConfig {
  readonly kind: 'cyclegan';
  readonly generatorAB: GeneratorSpec;
  readonly generatorBA: GeneratorSpec;
  readonly discriminatorA: DiscriminatorSpec;
  readonly discriminatorB: DiscriminatorSpec;
  readonly batch: number;
  readonly height: number;
  readonly width: number;
  readonly adversarial: AdversarialKind;
  readonly weights: CycleGanWeights;
  /** Weight of WGAN-GP's gradient penalty (10 in its paper); used with `adversarial: 'wgangp'` alone. */
  readonly gradientPenalty: number;
  /** Images that each buffer holds: 50 in the paper. */
  readonly poolSize: number;
  readonly init: WeightInit;
  readonly adam: AdamOptions;
}

/** What of a training step is not the model's. */
export interface StepOptions {
  /** Make gradients outputs as well. */
  readonly gradients?: boolean;
  /** With `f16` losses are scaled, for a step that is compiled in mixed precision; `f32` unless given. */
  readonly precision?: Precision;
}

/** Names of the fed loss weights. */
export function weightFeeds(weights: CycleGanWeights | { readonly l1: number; readonly gan: number }): TensorRecord {
  return Object.fromEntries(Object.entries(weights).map(([name, value]) => [`weight/${name}`, f32Scalar(value)]));
}

interface Networks {
  readonly genAB: Network;
  readonly genBA: Network;
  readonly discA: Network;
  readonly discB: Network;
}

function networks(recorder: Trace, config: CycleGanConfig, training: boolean): Networks {
  const context = { init: config.init, training };
  return {
    genAB: generator(recorder, 'genAB', config.generatorAB, context),
    genBA: generator(recorder, 'genBA', config.generatorBA, context),
    discA: discriminator(recorder, 'discA', config.discriminatorA, context),
    discB: discriminator(recorder, 'discB', config.discriminatorB, context),
  };
}

function pictures(recorder: Trace, { batch, height, width, generatorAB }: CycleGanConfig): { realA: Tensor; realB: Tensor } {
  return {
    realA: recorder.input('A', [batch, generatorAB.inputChannels, height, width]),
    realB: recorder.input('B', [batch, generatorAB.outputChannels, height, width]),
  };
}

function checkConfig({ weights, generatorAB }: CycleGanConfig): void {
  checkWeights({ ...weights });
  if ((weights.identityA > 0 || weights.identityB > 0) && generatorAB.inputChannels !== generatorAB.outputChannels) {
    throw new ModelError(
      `the identity loss needs domains of equal channels, got ${generatorAB.inputChannels} and ${generatorAB.outputChannels}; set its weight to 0.`,
    );
  }
}

/**
 * The training step. Feeds: pictures `A` and `B` in [-1, 1], `adam/*`, `weight/*` for weights above 0, `pool/*` with a buffer, `penalty/*` with a
 * gradient penalty, `dropout/*` with dropout. Outputs: `loss/<term>` as reported, weights included, and `picture/fakeA`, `picture/fakeB`;
 * with `gradients`, also `grad/<variable>`. Throws ModelError when sizes, channels or weights do not fit.
 */
export function traceCycleGanStep(config: CycleGanConfig, { gradients = false, precision = 'f32' }: StepOptions = {}): Graph {
  checkConfig(config);
  return trace((recorder) => {
    const lossScale = precision === 'f16' ? new LossScale(recorder) : undefined;
    const shared = { adam: config.adam, lossScale };
    const nets = networks(recorder, config, true);
    const { fakeA, fakeB, terms } = generatorTerms(recorder, nets, config);
    const generators = [nets.genAB.scope, nets.genBA.scope];
    const discriminators = [nets.discA.scope, nets.discB.scope];
    const found = [descend(recorder, total(terms), { learning: generators, frozen: discriminators, ...shared })];
    const judged = discriminatorTerms(recorder, nets, { fakeA, fakeB }, config);
    if (judged.size > 0) found.push(descend(recorder, total(judged), { learning: discriminators, frozen: generators, ...shared }));

    for (const { scope } of Object.values(nets) as Network[]) scope.commit();
    lossScale?.commit();
    for (const [name, loss] of [...terms, ...judged]) recorder.output(`loss/${name}`, loss);
    if (fakeA !== undefined) recorder.output('picture/fakeA', fakeA);
    if (fakeB !== undefined) recorder.output('picture/fakeB', fakeB);
    if (gradients) for (const [name, gradient] of found.flatMap((each) => [...each])) recorder.output(`grad/${name}`, gradient);
  });
}

type Terms = Map<string, Tensor>;

function total(terms: Terms): Tensor {
  return [...terms.values()].reduce(add);
}

/** What the generators minimise: fooling the discriminators, closing the cycles, leaving the other domain alone. */
function generatorTerms(
  recorder: Trace,
  { genAB, genBA, discA, discB }: Networks,
  config: CycleGanConfig,
): { terms: Terms; fakeA: Tensor | undefined; fakeB: Tensor | undefined } {
  const { weights, adversarial } = config;
  const { realA, realB } = pictures(recorder, config);
  const terms: Terms = new Map();
  const term = (name: keyof CycleGanWeights, loss: () => Tensor) => {
    if (weights[name] > 0)
      terms.set(
        name,
        recorder.scoped(name, () => mul(loss(), recorder.input(`weight/${name}`, []))),
      );
  };

  const makeB = firstPasses(genAB, { translated: [realA, weights.ganAB + weights.cycleA], kept: [realB, weights.identityA] });
  const makeA = firstPasses(genBA, { translated: [realB, weights.ganBA + weights.cycleB], kept: [realA, weights.identityB] });
  const fakeB = makeB.translated?.();
  const recA = fakeB !== undefined && weights.cycleA > 0 ? genBA.apply(fakeB) : undefined;
  const fakeA = makeA.translated?.();
  const recB = fakeA !== undefined && weights.cycleB > 0 ? genAB.apply(fakeA) : undefined;

  const { kept: keepB } = makeB;
  const { kept: keepA } = makeA;
  if (keepB !== undefined) term('identityA', () => l1Loss(keepB(), realB));
  if (keepA !== undefined) term('identityB', () => l1Loss(keepA(), realA));
  if (fakeB !== undefined) term('ganAB', () => adversarialLoss(adversarial, discB.apply(fakeB), 'real'));
  if (fakeA !== undefined) term('ganBA', () => adversarialLoss(adversarial, discA.apply(fakeA), 'real'));
  if (recA !== undefined) term('cycleA', () => l1Loss(recA, realA));
  if (recB !== undefined) term('cycleB', () => l1Loss(recB, realB));
  return { terms, fakeA, fakeB };
}

/** A batch, and the weight of the losses that ask what a generator makes of it. */
type Asked = readonly [batch: Tensor, weight: number];

/** A generator's passes over the batch that it translates and the one that it is to leave alone, if a weight above 0 asks for them. */
function firstPasses(generator: Network, { translated, kept }: { readonly translated: Asked; readonly kept: Asked }) {
  const wanted = [translated, kept].filter(([, weight]) => weight > 0);
  const passes = generator.passes(wanted.map(([batch]) => batch));
  return { translated: passes[wanted.indexOf(translated)], kept: passes[wanted.indexOf(kept)] };
}

/** What the discriminators minimise, on the fakes made before the generators' update, passed through the buffers. */
function discriminatorTerms(
  recorder: Trace,
  { discA, discB }: Networks,
  { fakeA, fakeB }: { fakeA: Tensor | undefined; fakeB: Tensor | undefined },
  config: CycleGanConfig,
): Terms {
  const { realA, realB } = pictures(recorder, config);
  const terms: Terms = new Map();
  const judge = (name: 'discA' | 'discB', net: Network, real: Tensor, fake: Tensor, pool: string) =>
    terms.set(
      name,
      recorder.scoped(name, () => discriminatorLoss(net, real, imagePool(pool, fake, config.poolSize), config, `penalty/${name}`)),
    );
  if (fakeB !== undefined && config.weights.ganAB > 0) judge('discB', discB, realB, fakeB, 'fakeB');
  if (fakeA !== undefined && config.weights.ganBA > 0) judge('discA', discA, realA, fakeA, 'fakeA');
  return terms;
}

/** Half the sum of the losses on real and on fake pictures, real first; with WGAN-GP the gradient penalty on top. */
function discriminatorLoss(net: Network, real: Tensor, fake: Tensor, config: CycleGanConfig, penaltyFeed: string): Tensor {
  const [ofReal, ofFake] = net.passes([real, fake]) as readonly [() => Tensor, () => Tensor];
  const onReal = adversarialLoss(config.adversarial, ofReal(), 'real');
  const onFake = adversarialLoss(config.adversarial, ofFake(), 'fake');
  const loss = mul(add(onReal, onFake), 0.5);
  if (config.adversarial !== 'wgangp' || config.gradientPenalty === 0) return loss;
  const alpha = real.trace.input(penaltyFeed, [config.batch, 1, 1, 1]);
  return add(loss, mul(gradientPenalty(net, real, fake, alpha), config.gradientPenalty));
}

/** Which generators some term trains; the step has no weights for the other. */
function trained({ ganAB, ganBA, cycleA, cycleB, identityA, identityB }: CycleGanWeights): { AB: boolean; BA: boolean } {
  const either = cycleA + cycleB;
  return { AB: ganAB + identityA + either > 0, BA: ganBA + identityB + either > 0 };
}

/**
 * What the generators make of a batch: inputs `A` and `B`, outputs `picture/fakeB`, `picture/recA`, `picture/fakeA`, `picture/recB` and, where channels agree,
 * `picture/idtA` = genAB(B) and `picture/idtB` = genBA(A); without those of a generator that no loss trains. Changes no variable. `training` is the mode of
 * batch norm and dropout. With `patches` also what discriminators that learn say of them: maps of logits `patch/realB`, `patch/fakeB`, `patch/realA` and
 * `patch/fakeA`, normalised as in training.
 */
export function traceCycleGanSamples(config: CycleGanConfig, { training = false, patches = false } = {}): Graph {
  return trace((recorder) => {
    const { genAB, genBA } = networks(recorder, config, training);
    const { discA, discB } = networks(recorder, config, true);
    const { realA, realB } = pictures(recorder, config);
    const { AB, BA } = trained(config.weights);
    const { inputChannels, outputChannels } = config.generatorAB;
    const same = inputChannels === outputChannels;
    const show = (name: string, picture: Tensor) => {
      recorder.output(`picture/${name}`, picture);
      return picture;
    };
    const fakeB = AB ? show('fakeB', genAB.apply(realA)) : undefined;
    if (fakeB !== undefined && BA) show('recA', genBA.apply(fakeB));
    const fakeA = BA ? show('fakeA', genBA.apply(realB)) : undefined;
    if (fakeA !== undefined && AB) show('recB', genAB.apply(fakeA));
    if (AB && same) show('idtA', genAB.apply(realB));
    if (BA && same) show('idtB', genBA.apply(realA));
    if (!patches) return;
    const { ganAB, ganBA } = config.weights;
    if (fakeB !== undefined && ganAB > 0) judge(recorder, discB, { realB, fakeB });
    if (fakeA !== undefined && ganBA > 0) judge(recorder, discA, { realA, fakeA });
  });
}

/** The program of `translate`: input `x`, N x C x H x W in [-1, 1], output `y`; `name` is the generator whose weights it reads. */
export function traceTranslation(
  name: 'genAB' | 'genBA',
  spec: GeneratorSpec,
  shape: { readonly batch: number; readonly height: number; readonly width: number },
): Graph {
  return trace((recorder) => {
    // weights come from a store, so how they would start does not matter here
    const net = generator(recorder, name, spec, { init: { kind: 'normal', gain: 0 }, training: false });
    const x = recorder.input('x', [shape.batch, spec.inputChannels, shape.height, shape.width]);
    recorder.output('y', net.apply(x));
  });
}
