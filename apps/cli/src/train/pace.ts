/** How fast steps follow each other, lately. Knows no clock: times are given. */

/** Share of the newest step in the average that predicts the time left. */
const NEWEST = 0.1;

/** A running average of the seconds that steps take. */
export class Pace {
  #average: number | undefined;

  /** Counts a step; the average, in seconds. */
  add(seconds: number): number {
    this.#average = this.#average === undefined ? seconds : this.#average + NEWEST * (seconds - this.#average);
    return this.#average;
  }
}
