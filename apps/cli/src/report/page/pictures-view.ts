/** The sample pictures, one step at a time: a slider, a button that plays them, and what there is to see at the step. */
import type { ReportData } from '../report-data.ts';
import { element } from './dom.ts';
import { formatCount } from './format.ts';
import { Gallery } from './gallery.ts';
import { type ShownSample, samplesOf } from './sample-list.ts';

/** Milliseconds that a step is shown while they are played; longer for who wants less motion. */
const [PACE, CALM_PACE] = [400, 1500];

/** Shows the pictures. */
export class PicturesView {
  readonly #slider = element('input', { type: 'range', min: '0', step: '1', 'aria-label': 'Step of the pictures' });
  readonly #play = element('button', { type: 'button' }, 'Play');
  readonly #step = element('output');
  readonly #controls: HTMLElement;
  readonly #empty = element('p', { class: 'quiet' }, 'The first sample pictures are still to come.');
  readonly #gallery = new Gallery();
  #samples: readonly (() => ShownSample)[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(root: HTMLElement) {
    this.#controls = element('div', { class: 'controls sticky' }, this.#play, this.#slider, this.#step);
    root.append(this.#controls, this.#empty, this.#gallery.root);
    this.#slider.addEventListener('input', () => {
      this.#stop();
      this.#show();
    });
    this.#play.addEventListener('click', () => (this.#timer === undefined ? this.#start() : this.#stop()));
  }

  /** Stays at the step that is looked at, unless that was the newest. */
  update(data: ReportData): void {
    const newest = this.#at >= this.#samples.length - 1;
    this.#samples = samplesOf(data);
    this.#gallery.size = data.about.size;
    this.#empty.hidden = this.#samples.length > 0;
    this.#empty.textContent =
      data.status === 'training' && data.about.sampled ? 'The first sample pictures are still to come.' : 'The run has no sample pictures.';
    this.#controls.hidden = this.#samples.length === 0;
    this.#play.disabled = this.#samples.length < 2;
    this.#slider.max = String(Math.max(0, this.#samples.length - 1));
    if (newest && this.#timer === undefined) this.#at = this.#samples.length - 1;
    this.#show();
  }

  get #at(): number {
    return this.#samples.length === 0 ? 0 : this.#slider.valueAsNumber;
  }

  set #at(at: number) {
    this.#slider.value = String(Math.max(0, at));
  }

  #show(): void {
    const sample = this.#samples[this.#at]?.();
    if (sample === undefined) return;
    const text = `step ${formatCount(sample.step)}`;
    this.#step.textContent = text;
    this.#slider.setAttribute('aria-valuetext', text);
    this.#gallery.show(sample);
  }

  #start(): void {
    if (this.#at >= this.#samples.length - 1) this.#at = 0;
    this.#show();
    this.#play.textContent = 'Pause';
    this.#goOn();
  }

  #goOn(): void {
    const pace = matchMedia('(prefers-reduced-motion: reduce)').matches ? CALM_PACE : PACE;
    this.#timer = setTimeout(() => {
      this.#at = this.#at + 1;
      this.#show();
      if (this.#at >= this.#samples.length - 1) this.#stop();
      else this.#goOn();
    }, pace);
  }

  #stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#play.textContent = 'Play';
  }
}
