/** Features of pictures: what distribution metrics compare instead of pixels. Arrays alone; which network gave them is not known here. */
import { MetricError } from '../pixels.ts';

/** A row of numbers for each picture. */
export interface Features {
  /** Pictures. */
  readonly count: number;
  /** Numbers for each. */
  readonly width: number;
  /** count x width, row by row. */
  readonly data: Float32Array | Float64Array;
}

/** A figure rests on too little: which, and what that does to it. */
export interface FewSamples {
  readonly kind: 'few-samples';
  readonly real: number;
  readonly generated: number;
  readonly features: number;
  readonly message: string;
}

/** Gathers features picture by picture, without knowing how many there will be. */
export class FeatureList {
  #data = new Float32Array(0);
  #count = 0;
  #width = 0;

  /** Adds the features of some pictures, row by row; throws MetricError when rows are not as wide as those before. */
  add(rows: ArrayLike<number>, width: number): void {
    if (this.#count > 0 && width !== this.#width)
      throw new MetricError(`features: expected ${this.#width} numbers for each picture, as for those before, got ${width}.`);
    this.#width = width;
    const end = this.#count * width + rows.length;
    if (end > this.#data.length) {
      const larger = new Float32Array(Math.max(end, 2 * this.#data.length));
      larger.set(this.#data);
      this.#data = larger;
    }
    this.#data.set(rows, this.#count * width);
    this.#count = end / width;
  }

  /** All of them so far, for as long as none is added. */
  get features(): Features {
    return { count: this.#count, width: this.#width, data: this.#data.subarray(0, this.#count * this.#width) };
  }
}

/** Throws MetricError unless both have rows of one width, finite numbers and at least `least` pictures. */
export function checkFeatures(what: string, { real, generated, least }: Compared & { readonly least: number }): void {
  if (real.width !== generated.width)
    throw new MetricError(`${what}: expected features of one network, got ${real.width} and ${generated.width} numbers for each picture.`);
  for (const [name, { count, data }] of Object.entries({ real, generated })) {
    if (count < least) throw new MetricError(`${what}: expected at least ${least} ${name} pictures, got ${count}; add pictures.`);
    if (!data.every(Number.isFinite))
      throw new MetricError(`${what}: a feature of the ${name} pictures is not finite; check the scaling in the network's JSON.`);
  }
}

/** Features of real and of generated pictures. */
export interface Compared {
  readonly real: Features;
  readonly generated: Features;
}

/** Squared Euclidean distance of two rows; anything above `limit` once that is exceeded. */
export function squaredDistance(a: Features, row: number, b: Features, other: number, limit = Number.POSITIVE_INFINITY): number {
  const [first, second] = [row * a.width, other * b.width];
  let sum = 0;
  for (let at = 0; at < a.width && sum <= limit; at++) {
    const difference = (a.data[first + at] ?? 0) - (b.data[second + at] ?? 0);
    sum += difference * difference;
  }
  return sum;
}
