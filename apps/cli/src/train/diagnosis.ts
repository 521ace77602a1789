/** What looks wrong with a training run, from its losses and its sample pictures, and what to try. Knows neither terminals nor files. */
import type { HostTensor, ModelConfig, Sample } from '@cyclegan/core';
import { AdversarialBalance } from '../diagnosis/adversarial-balance.ts';
import { findCollapse } from '../diagnosis/collapse.ts';
import { findInversion } from '../diagnosis/inversion.ts';
import { remediesFor } from '../diagnosis/remedies.ts';
import { type About, type Finding, isSame, type Side, type TrainingWarning } from '../diagnosis/training-warning.ts';
import { Translations } from '../diagnosis/translations.ts';
import type { StepEvent } from './observer.ts';

export { changesBetween, type TrainingWarning, type WarningChanges } from '../diagnosis/training-warning.ts';

/** Of a sample, what is looked at. */
type Look = Pick<Sample, 'batch' | 'pictures'>;
type SampleEvent = { readonly step: number; readonly last: Look; readonly fixed: readonly Look[] };

/**
 * Follows a run: takes every step, and says at each sample what looks wrong. It starts anew when a run goes on, and speaks again once it
 * has seen enough.
 *
 * @example
 * const diagnosis = new Diagnosis(model);
 * for await (const event of train({ model, sampleEvery: 500, ...options })) {
 *   if (event.kind === 'step') diagnosis.step(event);
 *   if (event.kind === 'sample') console.log(diagnosis.sample(event));
 * }
 */
export class Diagnosis {
  readonly #model: ModelConfig;
  readonly #balance: AdversarialBalance;
  readonly #translations: Readonly<Record<Side, Translations>> = { A: new Translations(), B: new Translations() };
  #told: readonly TrainingWarning[] = [];

  constructor(model: ModelConfig) {
    this.#model = model;
    this.#balance = new AdversarialBalance(model);
  }

  /** Takes the losses of a step. */
  step({ losses }: Pick<StepEvent, 'losses'>): void {
    this.#balance.step(losses);
  }

  /** Takes sample pictures, and returns what looks wrong at their step: at most one warning of a kind and a domain. */
  sample({ step, last, fixed }: SampleEvent): readonly TrainingWarning[] {
    const samples = [last, ...fixed];
    for (const side of ['A', 'B'] as const) {
      for (const { batch } of samples) this.#translations[side].addReal(batch[side]);
      this.#translations[side].addTranslations(samples.flatMap((sample) => translationOf(sample, side) ?? []));
    }
    const findings = [
      ...this.#balance.findings((about) => this.#wasTold(about)),
      ...(['B', 'A'] as const).flatMap((side) => this.#look(side, step)),
    ];
    this.#told = findings.map((finding) => ({ ...finding, remedies: remediesFor(finding, this.#model) }));
    return this.#told;
  }

  #look(side: Side, step: number): Finding[] {
    const translations = this.#translations[side];
    const originals = this.#translations[side === 'A' ? 'B' : 'A'].real;
    return [
      ...findInversion({ side, translations, originals }, { step, told: this.#wasTold({ kind: 'colours-inverted', side }) }),
      ...findCollapse(side, translations, { step, told: this.#wasTold({ kind: 'collapsed', side }) }),
    ];
  }

  #wasTold(about: About): boolean {
    return this.#told.some((warning) => isSame(warning, about));
  }
}

/** A batch of the other domain and what became of it, where the model translates that way. */
function translationOf({ batch, pictures }: Look, side: Side): { readonly input: HostTensor; readonly output: HostTensor } | undefined {
  const output = pictures[`fake${side}`];
  return output && { input: side === 'A' ? batch.B : batch.A, output };
}
