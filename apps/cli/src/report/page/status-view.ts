/** The top of the page: how the run is doing, how far it has come, how long it will take. */
import { formatDuration } from '../../duration.ts';
import type { ReportData } from '../report-data.ts';
import { element } from './dom.ts';
import { formatCount, formatTime } from './format.ts';

const STATUS_TEXTS = { training: 'training', done: 'done', interrupted: 'stopped', failed: 'failed' } as const;

/** Shows the status of a run. */
export class StatusView {
  readonly #badge = element('strong', { class: 'badge' });
  readonly #summary = element('span');
  readonly #bar = element('progress', { 'aria-label': 'Steps done' });
  readonly #note = element('p', { role: 'status' });
  readonly #command = element('code');
  readonly #commandPlace = element('pre', { tabindex: '0' }, this.#command);
  readonly #updated = element('p', { class: 'quiet' });

  constructor(root: HTMLElement) {
    root.append(element('p', { class: 'summary' }, this.#badge, this.#summary), this.#bar, this.#note, this.#commandPlace, this.#updated);
  }

  /** Shows data; `stale` says that nothing new came for long. */
  update(data: ReportData, stale: boolean): void {
    const { status, progress, updated } = data;
    this.#badge.textContent = stale ? 'no news' : STATUS_TEXTS[status];
    this.#badge.dataset.status = stale ? 'stale' : status;
    this.#summary.textContent = summaryOf(data, stale);
    this.#bar.max = Math.max(1, progress.lastStep);
    this.#bar.value = progress.step;
    setText(this.#note, noteOf(data, stale));
    this.#command.textContent = data.about.commands.goOn;
    this.#commandPlace.hidden = status !== 'interrupted' && !stale;
    this.#updated.hidden = stale;
    this.#updated.textContent = `Last written ${formatTime(updated)}.`;
  }
}

function summaryOf({ status, progress }: ReportData, stale: boolean): string {
  const { step, lastStep, epoch, epochs, secondsPerStep } = progress;
  const parts = [`step ${formatCount(step)} of ${formatCount(lastStep)}`, `epoch ${formatCount(epoch)} of ${formatCount(epochs)}`];
  if (secondsPerStep !== undefined) parts.push(`${secondsPerStep.toPrecision(2)} s a step`);
  if (status === 'training' && !stale && secondsPerStep !== undefined)
    parts.push(`${formatDuration((lastStep - step) * secondsPerStep)} left`);
  return parts.join(', ');
}

function noteOf({ status, failure, updated, progress }: ReportData, stale: boolean): string {
  if (stale) return `No news since ${formatTime(updated)}: the run may have been stopped. Go on with:`;
  switch (status) {
    case 'failed':
      return failure === undefined ? '' : `${failure.message} ${failure.advice}`;
    case 'interrupted':
      return progress.step === 0
        ? `Stopped before the first step. Go on with:`
        : `Saved after step ${formatCount(progress.saved)}. Go on with:`;
    default:
      return '';
  }
}

/** Changes a text only when it is another: what is marked as a status is read aloud at each change. */
function setText(place: HTMLElement, text: string): void {
  if (place.textContent !== text) place.textContent = text;
  place.hidden = text === '';
}
