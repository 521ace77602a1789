/** Preparing the next steps while this one runs. Changes when work is done, never its result. */

/** Results of a function of the step, the next `ahead` of them under way before they are asked for. */
export class Prefetcher<T> {
  readonly #prepare: (step: number) => Promise<T>;
  readonly #ahead: number;
  readonly #underWay = new Map<number, Promise<T>>();

  constructor(prepare: (step: number) => Promise<T>, ahead: number) {
    this.#prepare = prepare;
    this.#ahead = ahead;
  }

  /** The result of a step; forgets what lies outside the steps after it, so that at most `ahead` results are held. */
  get(step: number): Promise<T> {
    const wanted = this.#underWay.get(step) ?? this.#prepare(step);
    for (const other of this.#underWay.keys()) {
      if (other <= step || other > step + this.#ahead) {
        this.#underWay.delete(other);
      }
    }
    for (let next = step + 1; next <= step + this.#ahead; next++) {
      if (!this.#underWay.has(next)) {
        this.#underWay.set(next, this.#start(next));
      }
    }
    return wanted;
  }

  #start(step: number): Promise<T> {
    const result = this.#prepare(step);
    // A failure is reported when its step is asked for, not before.
    result.catch(() => undefined);
    return result;
  }
}
