/**
 * A golden run in our terms: a few training steps of the published implementation with everything they computed. Reading
 * the files is the formats package's work; comparing a backend with them is the golden runner's.
 */
import type { DiscriminatorSpec, GeneratorSpec } from '../models/specs.ts';
import type { TensorRecord } from '../tensor.ts';

/** Adversarial loss and the weights of the loss terms, as the run used them; a term that its kind of run lacks is 0. */
export interface GoldenLosses {
  readonly adversarial: 'lsgan' | 'vanilla' | 'wgangp';
  /** Cycle A -> B -> A, and the scale of the identity term of genBA on A. */
  readonly lambdaA: number;
  /** Cycle B -> A -> B, and the scale of the identity term of genAB on B. */
  readonly lambdaB: number;
  /** Relative weight of the identity terms: genAB(B) against B is lambdaB times this. */
  readonly lambdaIdentity: number;
  /** Pix2pix's distance to the target. */
  readonly lambdaL1: number;
  /** Weight of WGAN-GP's penalty; the reference's own models use none. */
  readonly gradientPenalty: number;
}

/** Everything that determines a run, besides its weights and pictures. Adam's beta2 is 0.999, its epsilon 1e-8. */
export interface GoldenConfig {
  readonly generatorAB: GeneratorSpec;
  readonly generatorBA?: GeneratorSpec;
  readonly discriminatorA?: DiscriminatorSpec;
  /** Judges domain B; for pix2pix, pairs of a picture of A and one of B concatenated along channels. */
  readonly discriminatorB: DiscriminatorSpec;
  readonly losses: GoldenLosses;
  readonly learningRate: number;
  readonly beta1: number;
  readonly batch: number;
  readonly height: number;
  readonly width: number;
  readonly steps: number;
  /** As the file says; `inputs` are already swapped for BtoA, so that A is always the source. */
  readonly direction: 'AtoB' | 'BtoA';
}

/** A run of the reference. Variables, losses and pictures are keyed by our names (`genAB/stem/conv/weight`, `discB`, `fakeB`). */
export interface GoldenRun {
  readonly name: string;
  readonly kind: 'cyclegan' | 'pix2pix';
  readonly config: GoldenConfig;
  /** Losses of each step. */
  readonly losses: readonly Readonly<Record<string, number>>[];
  /** Weights and running statistics before the first step. */
  readonly init: TensorRecord;
  /** Gradients of the first step; weights only, like Adam's moments. */
  readonly grad: TensorRecord;
  readonly adamM: TensorRecord;
  readonly adamV: TensorRecord;
  /** Weights and running statistics after the last step. */
  readonly final: TensorRecord;
  /** Feeds of each step: `A` and `B` (N x C x H x W) and, with a penalty, its weights `penalty/discB`, `penalty/discA` (N x 1 x 1 x 1). */
  readonly inputs: readonly TensorRecord[];
  /** Pictures of the first step, with the initial weights: realA, fakeB, recA, realB, fakeA, recB, idtA, idtB as far as the run has them. */
  readonly forward: TensorRecord;
}

/** A golden run asks for something this project cannot do; the message says what, in one sentence. */
export class GoldenUnsupported extends Error {
  override name = 'GoldenUnsupported';
}
