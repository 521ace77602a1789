/** Results that depend on two objects, kept as long as both are: many nodes of a graph share their index maps. */
export class PairMemo<A extends object, B extends object, Result> {
  readonly #known = new WeakMap<A, WeakMap<B, Result>>();

  /** The result for `a` and `b`, made when it is not known. */
  get(a: A, b: B, make: () => Result): Result {
    const byB = this.#known.get(a) ?? new WeakMap<B, Result>();
    this.#known.set(a, byB);
    const result = byB.get(b) ?? make();
    byB.set(b, result);
    return result;
  }
}
