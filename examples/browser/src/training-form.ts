/** What a person chose, read from the form. Knows no training. */
import type { PictureSource } from './protocol.ts';
import type { TabChoices } from './tab-settings.ts';

/** The form of a training. */
export class TrainingForm {
  readonly #form: HTMLFormElement;

  /** `train` hears when a training is wanted, of fields that are all filled in well. */
  constructor(form: HTMLFormElement, train: () => void) {
    this.#form = form;
    form.addEventListener('change', () => this.#showSource());
    form.addEventListener('submit', (event) => {
      event.preventDefault();
      train();
    });
    this.#showSource();
  }

  get source(): PictureSource {
    if (this.#sourceKind === 'town') return { kind: 'town', count: this.#number('count') };
    return { kind: 'files', A: this.#files('filesA'), B: this.#files('filesB') };
  }

  get choices(): TabChoices {
    const [size, filters, blocks, steps] = ['size', 'filters', 'blocks', 'steps'].map((name) => this.#number(name));
    return { size, filters, blocks, steps } as TabChoices;
  }

  /** Lets fields be changed, or not while their values are in use. */
  enable(enabled: boolean): void {
    for (const set of this.#form.querySelectorAll('fieldset')) set.disabled = !enabled;
  }

  get #sourceKind(): string {
    return String(new FormData(this.#form).get('source') ?? this.#form.querySelector<HTMLInputElement>('[name=source]:checked')?.value);
  }

  /** Fields of the other source are neither shown nor asked for. */
  #showSource(): void {
    for (const fields of this.#form.querySelectorAll<HTMLElement>('[data-source]')) {
      const used = fields.dataset.source === this.#sourceKind;
      fields.hidden = !used;
      for (const input of fields.querySelectorAll('input')) input.disabled = !used;
    }
  }

  #input(name: string): HTMLInputElement {
    return this.#form.elements.namedItem(name) as HTMLInputElement;
  }

  #number(name: string): number {
    return this.#input(name).valueAsNumber;
  }

  #files(name: string): File[] {
    return [...(this.#input(name).files ?? [])];
  }
}
