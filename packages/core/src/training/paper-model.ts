/** The model of the paper as defaults, so that a caller states only what is different about theirs. */
import type { MobileResNetSpec, PatchSpec, PixelSpec, ResNetSpec, UNetSpec } from '../models/specs.ts';
import { PAPER_INIT, type WeightInit } from '../nn/initializers.ts';
import { type AdamOptions, PAPER_ADAM } from './adam.ts';
import { type CycleGanConfig, type CycleGanWeights, cycleGanWeights } from './cyclegan-step.ts';
import type { AdversarialKind } from './losses.ts';

/** What both generators have in common: all but the channels. */
export type GeneratorShape = WithoutChannels<ResNetSpec> | WithoutChannels<MobileResNetSpec> | WithoutChannels<UNetSpec>;

type WithoutChannels<Spec> = Omit<Spec, 'inputChannels' | 'outputChannels'>;

/** What both discriminators have in common: all but the channels. */
export type DiscriminatorShape = Omit<PatchSpec, 'inputChannels'> | Omit<PixelSpec, 'inputChannels'>;

/** The paper's generator for 256 x 256 and above: nine residual blocks, instance norm (appendix 7.2). */
export const PAPER_GENERATOR: WithoutChannels<ResNetSpec> = { kind: 'resnet', filters: 64, blocks: 9, norm: 'instance', dropout: false };

/** The paper's discriminator: a 70 x 70 PatchGAN (appendix 7.2). */
export const PAPER_DISCRIMINATOR: DiscriminatorShape = { kind: 'patch', filters: 64, layers: 3, norm: 'instance' };

/** What may differ from the paper's model; the size of its batches must be given. */
export interface CycleGanOptions {
  readonly height: number;
  readonly width: number;
  readonly batch?: number;
  readonly channels?: { readonly A: number; readonly B: number };
  readonly generator?: GeneratorShape;
  readonly discriminator?: DiscriminatorShape;
  readonly adversarial?: AdversarialKind;
  readonly weights?: CycleGanWeights;
  readonly gradientPenalty?: number;
  readonly poolSize?: number;
  readonly init?: WeightInit;
  readonly adam?: AdamOptions;
}

/**
 * A CycleGAN as in the paper, but for what `options` says.
 *
 * @example
 * const model = cycleGanModel({ height: 128, width: 128, generator: { ...PAPER_GENERATOR, filters: 32 } });
 */
export function cycleGanModel(options: CycleGanOptions): CycleGanConfig {
  const { channels = { A: 3, B: 3 }, generator = PAPER_GENERATOR, discriminator = PAPER_DISCRIMINATOR, ...rest } = options;
  return {
    kind: 'cyclegan',
    generatorAB: { ...generator, inputChannels: channels.A, outputChannels: channels.B },
    generatorBA: { ...generator, inputChannels: channels.B, outputChannels: channels.A },
    discriminatorA: { ...discriminator, inputChannels: channels.A },
    discriminatorB: { ...discriminator, inputChannels: channels.B },
    batch: 1,
    adversarial: 'lsgan',
    weights: cycleGanWeights(),
    gradientPenalty: 10,
    poolSize: 50,
    init: PAPER_INIT,
    adam: PAPER_ADAM,
    ...rest,
  };
}
