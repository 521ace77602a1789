/** Whether a discriminator has won against its generator, told by their losses. Knows nothing of pictures. */
import type { ModelConfig } from '@cyclegan/core';
import { mean } from './picture-summary.ts';
import type { About, Finding, Side } from './training-warning.ts';

/** Steps whose losses are averaged: single steps jump. */
const WINDOW = 200;

interface Bounds {
  /** At most what the discriminator loses, and at least what the generator does. */
  readonly discriminator: number;
  readonly generator: number;
}

interface Scale {
  /** Told when the means are within these. */
  readonly appears: Bounds;
  /** And taken back when they leave these, which are wider, so that it does not come and go. */
  readonly stays: Bounds;
  /** The discriminator's loss when it cannot tell. */
  readonly guessing: number;
}

/**
 * Bounds by adversarial loss; that of Wasserstein has no scale. Means over 200 steps, discriminator and generator. Healthy, least squares: at most 0.10 and 0.64 (the
 * town after 2,900 steps), 0.2 and 0.3 for maps, facades and horse2zebra; cross-entropy: 0.67 and 0.72 (maps). With generators that do not listen: 0.03 and 0.85, 0.04
 * and 3.4, and falling. pix2pix on 200 facades, whose distance to the truth weighs a hundred times as much, reaches 0.01 and 4.7 after 700 steps and is well.
 */
const SCALES: Readonly<Partial<Record<ModelConfig['adversarial'], Scale>>> = {
  lsgan: { appears: { discriminator: 0.05, generator: 0.8 }, stays: { discriminator: 0.08, generator: 0.7 }, guessing: 0.25 },
  vanilla: { appears: { discriminator: 0.03, generator: 3.5 }, stays: { discriminator: 0.06, generator: 2.8 }, guessing: Math.LN2 },
};

type Losses = Readonly<Record<string, number>>;

interface Terms {
  readonly side: Side;
  /** Name and weight of the generator's adversarial loss. */
  readonly generator: string;
  readonly weight: number;
  /** Names of what the discriminator's loss is the mean of. */
  readonly discriminator: readonly string[];
}

/** Keeps the losses of the last steps, and judges them. */
export class AdversarialBalance {
  readonly #scale: Scale | undefined;
  readonly #terms: readonly Terms[];
  readonly #window: Losses[] = [];

  constructor(model: ModelConfig) {
    this.#scale = SCALES[model.adversarial];
    this.#terms = termsOf(model).filter(({ weight }) => weight > 0);
  }

  /** Takes the losses of a step as they are reported, weights included. */
  step(losses: Losses): void {
    this.#window.push(losses);
    if (this.#window.length > WINDOW) this.#window.shift();
  }

  /** What looks wrong now; `told` says what did before. */
  findings(told: (finding: About) => boolean): Finding[] {
    const scale = this.#scale;
    if (scale === undefined || this.#window.length < WINDOW) return [];
    return this.#terms.flatMap(({ side, generator, weight, discriminator }) => {
      const about = { kind: 'discriminator-won', side } as const;
      const means = {
        discriminator: mean(discriminator.map((name) => this.#mean(name))),
        generator: this.#mean(generator) / weight,
      };
      const bounds = told(about) ? scale.stays : scale.appears;
      const won = means.discriminator < bounds.discriminator && means.generator > bounds.generator;
      return won ? [{ ...about, ...inWords(side, means, scale) }] : [];
    });
  }

  #mean(name: string): number {
    return mean(this.#window.map((losses) => losses[name] ?? Number.NaN));
  }
}

function termsOf(model: ModelConfig): Terms[] {
  if (model.kind === 'pix2pix') {
    // a generator that learns from the truth needs no praise
    if (model.weights.l1 > 0) return [];
    return [{ side: 'B', generator: 'gan', weight: model.weights.gan, discriminator: ['discReal', 'discFake'] }];
  }
  const { ganAB, ganBA } = model.weights;
  return [
    { side: 'B', generator: 'ganAB', weight: ganAB, discriminator: ['discB'] },
    { side: 'A', generator: 'ganBA', weight: ganBA, discriminator: ['discA'] },
  ];
}

function inWords(side: Side, { discriminator, generator }: Bounds, { guessing }: Scale): Pick<Finding, 'title' | 'why'> {
  return {
    title: `The discriminator of ${side} has won`,
    why:
      `Over the last ${WINDOW} steps its loss was ${discriminator.toPrecision(2)} on average (guessing costs ${guessing.toPrecision(2)}), ` +
      `and the adversarial loss of the generator that makes pictures of ${side} ${generator.toPrecision(2)}: it knows every generated picture ` +
      'for one, and a generator that never fools it learns little from it.',
  };
}
