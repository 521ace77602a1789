/** How far a count has come. */
import { ChangingLine } from './changing-line.ts';
import { formatDuration } from './messages.ts';

/** Counts what is done and tells how long the rest will take. */
export class CountProgress {
  readonly #total: number | undefined;
  readonly #what: string;
  readonly #line = new ChangingLine();
  readonly #started = performance.now();
  #done = 0;

  /** `what` is counted, in the plural; `total` is how many there will be, where that is known. */
  constructor(total: number | undefined, what: string) {
    this.#total = total;
    this.#what = what;
  }

  /** How many are done. */
  get done(): number {
    return this.#done;
  }

  /** One more is done. */
  advance(): void {
    this.#done++;
    if (this.#total === undefined) {
      this.#line.show(`${this.#done} ${this.#what}`);
      return;
    }
    const seconds = (performance.now() - this.#started) / 1000;
    const left = formatDuration((seconds / this.#done) * (this.#total - this.#done));
    this.#line.show(`${this.#done}/${this.#total} ${this.#what}  ${left} left`);
  }

  /** Leaves nothing of it. */
  end(): void {
    this.#line.clear();
    this.#line.end();
  }
}
