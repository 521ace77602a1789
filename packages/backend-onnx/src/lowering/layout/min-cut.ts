/**
 * Minimum cuts of networks by Dinic's algorithm: every node goes to one of two sides so that what it pays for its side, and
 * what pairs pay for being apart, is least in total.
 */

/** Residual capacities below this are rounding. */
const NOTHING = 1e-6;

/** A network between a source and a sink. */
export class CutNetwork {
  readonly #heads: number[] = [];
  readonly #capacities: number[] = [];
  readonly #edges: number[][] = [[], []];
  readonly #source = 0;
  readonly #sink = 1;

  /** A new node, which pays `near` on the source's side and `far` on the sink's. */
  node({ near, far }: { readonly near: number; readonly far: number }): number {
    const node = this.#edges.push([]) - 1;
    if (far > 0) this.#arc(this.#source, node, far);
    if (near > 0) this.#arc(node, this.#sink, near);
    return node;
  }

  /** Makes `from` on the source's side and `to` on the sink's cost `price`. */
  edge(from: number, to: number, price: number): void {
    this.#arc(from, to, price);
  }

  /** The cheapest assignment: for each node whether it is on the source's side. */
  solve(): (node: number) => boolean {
    for (let levels = this.#levels(); (levels[this.#sink] ?? -1) >= 0; levels = this.#levels()) this.#saturate(levels);
    const near = this.#levels();
    return (node) => (near[node] ?? -1) >= 0;
  }

  #arc(from: number, to: number, capacity: number): void {
    this.#edges[from]?.push(this.#heads.push(to) - 1);
    this.#capacities.push(capacity);
    this.#edges[to]?.push(this.#heads.push(from) - 1);
    this.#capacities.push(0);
  }

  #room(edge: number): number {
    return this.#capacities[edge] ?? 0;
  }

  /** Distance of every node from the source along arcs with room; -1 where there is no way. */
  #levels(): Int32Array {
    const levels = new Int32Array(this.#edges.length).fill(-1);
    levels[this.#source] = 0;
    const queue = [this.#source];
    for (const node of queue) {
      for (const edge of this.#edges[node] ?? []) {
        const next = this.#heads[edge] ?? 0;
        if (levels[next] !== -1 || this.#room(edge) <= NOTHING) continue;
        levels[next] = (levels[node] ?? 0) + 1;
        queue.push(next);
      }
    }
    return levels;
  }

  /** Sends as much as fits along shortest ways, one after the other. */
  #saturate(levels: Int32Array): void {
    const tried = new Int32Array(this.#edges.length);
    const path: number[] = [];
    let node = this.#source;
    for (;;) {
      if (node === this.#sink) {
        this.#send(path);
        path.length = 0;
        node = this.#source;
        continue;
      }
      const edge = this.#edges[node]?.[tried[node] ?? 0];
      if (edge === undefined) {
        const back = path.pop();
        if (back === undefined) return;
        node = this.#heads[back ^ 1] ?? 0;
        tried[node] = (tried[node] ?? 0) + 1;
        continue;
      }
      const next = this.#heads[edge] ?? 0;
      if (this.#room(edge) > NOTHING && levels[next] === (levels[node] ?? 0) + 1) {
        path.push(edge);
        node = next;
      } else {
        tried[node] = (tried[node] ?? 0) + 1;
      }
    }
  }

  #send(path: readonly number[]): void {
    const amount = Math.min(...path.map((edge) => this.#room(edge)));
    for (const edge of path) {
      this.#capacities[edge] = this.#room(edge) - amount;
      this.#capacities[edge ^ 1] = this.#room(edge ^ 1) + amount;
    }
  }
}
