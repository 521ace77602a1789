/** Training batches from pictures that are in memory already, at the size they are cropped from: what PictureBatches does with files, where there are none. */
import type { Batch, BatchShape, BatchSource } from '@cyclegan/core';
import { formatSize, type Picture, PictureError, type Size } from '../picture.ts';
import { composeBatch, type Pictures } from './compose-batch.ts';
import { type Domain, ItemChoices } from './item-choices.ts';

/** Settings of MemoryBatches; the extents are those of the batches. */
export interface MemoryBatchesOptions extends Size {
  /** Pictures of domain A, of the training size or larger, all with the same channels. */
  readonly A: readonly Picture[];
  readonly B: readonly Picture[];
  readonly seed: number;
  readonly batch?: number;
  /** Mirror half of the pictures left to right. */
  readonly flip?: boolean;
}

/**
 * A batch source over pictures in memory, drawn, cropped and mirrored exactly as PictureBatches does it with files of the same pictures.
 * Throws PictureError for a domain without pictures, for one that is too small, or for several numbers of channels in a domain.
 *
 * @example
 * const source = new MemoryBatches({ A: aerials, B: maps, height: 64, width: 64, seed: 0 });
 */
export class MemoryBatches implements BatchSource {
  readonly stepsPerEpoch: number;
  readonly shape: BatchShape;
  readonly #choices: ItemChoices;
  readonly #pictures: Readonly<Record<Domain, readonly Picture[]>>;

  constructor({ A, B, height, width, seed, batch = 1, flip = true }: MemoryBatchesOptions) {
    const size = { height, width };
    this.shape = { batch, channels: { A: channelsOf('A', A, size), B: channelsOf('B', B, size) }, ...size };
    this.#choices = new ItemChoices({ ...size, seed, flip, counts: { A: A.length, B: B.length }, paired: false, serial: false });
    this.#pictures = { A, B };
    this.stepsPerEpoch = Math.ceil(this.#choices.items / batch);
  }

  /** The batch of a step, counted from 0. */
  batch(step: number): Promise<Batch> {
    const { A, B } = this.#pictures;
    const pictures = async (choice: Readonly<Record<Domain, number>>) => ({ A: A[choice.A], B: B[choice.B] }) as Pictures;
    return composeBatch(step, this.shape, { choices: this.#choices, pictures });
  }
}

/** The channels of a domain's pictures, all of which must do. */
function channelsOf(domain: Domain, pictures: readonly Picture[], size: Size): number {
  const [first] = pictures;
  if (first === undefined) throw new PictureError(`there is no picture in domain ${domain}; give at least one.`);
  const small = pictures.find(({ height, width }) => height < size.height || width < size.width);
  if (small !== undefined)
    throw new PictureError(
      `domain ${domain}: ${formatSize(small)} is too small for crops of ${formatSize(size)}; resize the pictures first.`,
    );
  const other = pictures.find(({ channels }) => channels !== first.channels);
  if (other !== undefined)
    throw new PictureError(
      `domain ${domain}: pictures of ${first.channels} and ${other.channels} channels; decode all to the same number.`,
    );
  return first.channels;
}
