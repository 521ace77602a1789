/**
 * The buffer of generated images (paper, section 4; Shrivastava et al. 2017): discriminators see a history of fakes. Its images
 * are a variable of the graph; which one goes in or out is decided on the host, from the step alone, so that a resumed run
 * decides alike.
 */
import type { Tensor } from '../graph/graph.ts';
import { ZEROS } from '../nn/initializers.ts';
import { concat, dynamicSlice, dynamicUpdate, reshape, select, sliceAxis } from '../ops.ts';
import { randomStream } from '../random.ts';
import { bool, i32, type TensorRecord } from '../tensor.ts';

/** What happens to each image of a batch: it may be stored at `index`, and the image that was there may be shown in its place. */
export interface PoolDecision {
  readonly index: number;
  readonly store: boolean;
  readonly showOld: boolean;
}

/**
 * Decisions for the images of 0-based `step`: while the buffer fills, each image is stored and shown; then with probability 1/2
 * it takes the place of a random stored one, which is shown instead.
 */
export function poolDecisions(
  name: string,
  { seed, step, batch, size }: { readonly seed: number; readonly step: number; readonly batch: number; readonly size: number },
): PoolDecision[] {
  const random = randomStream(seed, `pool/${name}`);
  return Array.from({ length: batch }, (_, k) => {
    const shown = step * batch + k;
    if (shown < size) return { index: shown, store: true, showOld: false };
    const exchange = random.uniform(step, 2 * k) > 0.5;
    return { index: random.integer(step, 2 * k + 1, size), store: exchange, showOld: exchange };
  });
}

/** Decisions as the feeds that `imagePool` reads. */
export function poolFeeds(name: string, decisions: readonly PoolDecision[]): TensorRecord {
  const shape = [decisions.length];
  return {
    [`pool/${name}/index`]: i32(
      shape,
      decisions.map(({ index }) => index),
    ),
    [`pool/${name}/store`]: bool(
      shape,
      decisions.map(({ store }) => store),
    ),
    [`pool/${name}/showOld`]: bool(
      shape,
      decisions.map(({ showOld }) => showOld),
    ),
  };
}

/** Passes `images` (N x C x H x W) through the buffer of `size`, one after the other; size 0 is no buffer. */
export function imagePool(name: string, images: Tensor, size: number): Tensor {
  if (size === 0) return images;
  const { trace, shape } = images;
  const [batch = 0, ...picture] = shape;
  const path = `pool/${name}/images`;
  const decision = (what: string, dtype: 'i32' | 'bool') => {
    const all = trace.input(`pool/${name}/${what}`, [batch], dtype);
    return (k: number) => reshape(sliceAxis(all, 0, k, k + 1), []);
  };
  const [index, store, showOld] = [decision('index', 'i32'), decision('store', 'bool'), decision('showOld', 'bool')];
  let stored = trace.variable(path, [size, ...picture], ZEROS);
  const shown: Tensor[] = [];
  for (let k = 0; k < batch; k++) {
    const image = sliceAxis(images, 0, k, k + 1);
    const old = dynamicSlice(stored, index(k));
    shown.push(select(showOld(k), old, image));
    stored = dynamicUpdate(stored, select(store(k), image, old), index(k));
  }
  trace.update(path, stored);
  return concat(shown as [Tensor, ...Tensor[]], 0);
}
