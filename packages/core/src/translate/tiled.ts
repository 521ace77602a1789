/**
 * Translating a picture in tiles, so that memory depends on the tile and not on the picture: statistics first, then row after row of
 * overlapping tiles, blended and handed on as soon as they are done. What computes is given.
 */
import { type GeneratorSpec, generatorExtents } from '../models/specs.ts';
import { f32, type HostTensor, type TensorRecord } from '../tensor.ts';
import { centred, crop, type Extents, pixelsAt, reflectedIndex, type Window } from './reflect.ts';
import { type CropShape, poolStatistics } from './tile-statistics.ts';
import { cutAxis, RowBlender, type Span, spread } from './tiles.ts';

/** A picture that is read in parts. */
export interface PixelSource extends Extents {
  /** The pixels at these rows and columns, all of them inside the picture: 1 x C x rows x columns in [-1, 1]. */
  read(rows: Int32Array, columns: Int32Array): HostTensor;
}

/** Takes finished rows 1 x C x rows x width from the top down; `top` is the number of the first. */
export type RowSink = (top: number, rows: HostTensor) => void;

/** What a generator makes of parts of a picture. */
export interface PartNetwork {
  readonly generator: GeneratorSpec;
  /** Statistics of instance norms over each batch of crops, all of one shape; empty when the generator has none. */
  gather(samples: Iterable<HostTensor>, margins: CropShape['margins']): Promise<readonly TensorRecord[]>;
  translate(part: HostTensor, statistics: TensorRecord): Promise<HostTensor>;
}

/** A picture to translate, and tiles' longest side. */
export interface Tiling {
  readonly source: PixelSource;
  readonly sink: RowSink;
  readonly tile: number;
}

/** How many crops side by side make a sample for the statistics, and how many samples are taken along each axis at most. */
const CROPS = 2;
const MOST_SAMPLES = 4;
/** Share of a crop that counts at neither end. */
const MARGIN = 1 / 4;
/** What a tile has in common with its neighbour: a share of its side, and so many pixels at least where they are no more than half of it. */
const OVERLAP = { share: 1 / 8, pixels: 64 } as const;

/** The smallest extent from `extent` on that the generator takes. */
export function accepted(extent: number, generator: GeneratorSpec): number {
  const { multiple, minimum } = generatorExtents(generator);
  return Math.max(minimum, Math.ceil(extent / multiple) * multiple);
}

/** The largest extent up to `extent` that the generator takes, or the smallest one that it takes at all. */
export function acceptedUpTo(extent: number, generator: GeneratorSpec): number {
  const { multiple, minimum } = generatorExtents(generator);
  return Math.max(minimum, Math.floor(extent / multiple) * multiple);
}

/** A picture 1 x C x H x W in memory as a source. */
export function tensorSource(picture: HostTensor): PixelSource {
  const [, , height = 0, width = 0] = picture.shape;
  return { height, width, read: (rows, columns) => pixelsAt(picture, rows, columns) };
}

/** Translates a picture in tiles of at most `tile` x `tile`. */
export async function translateTiles(network: PartNetwork, { source, sink, tile }: Tiling): Promise<void> {
  const { generator } = network;
  const padded = new PaddedSource(source, generator);
  const largest = acceptedUpTo(tile, generator);
  const [height, width] = [Math.min(largest, padded.height), Math.min(largest, padded.width)];
  const statistics = await gatherStatistics(network, padded, { height, width });
  const rows = cut(padded.height, height, generator);
  const columns = cut(padded.width, width, generator);
  const blender = new RowBlender(padded, { channels: generator.outputChannels, tile: height });
  for (const [at, row] of rows.entries()) {
    for (const column of columns) {
      const part = padded.read({ top: row.start, left: column.start, height, width });
      blender.add(await network.translate(part, statistics), row, column);
    }
    const { top, rows: done } = blender.take(rows[at + 1]?.start ?? padded.height);
    padded.emit(top, done, sink);
  }
}

/** How an axis is cut into tiles of the generator. */
export function cut(extent: number, tile: number, generator: GeneratorSpec): Span[] {
  const { multiple } = generatorExtents(generator);
  const overlap = Math.round(Math.max(tile * OVERLAP.share, Math.min(tile / 2, OVERLAP.pixels)));
  // a generator of many halvings is nowhere the same in two places, so that aligned tiles are no better
  return cutAxis({ extent, tile, overlap, align: multiple <= overlap / 2 ? multiple : 1 });
}

/** Pools the statistics of samples, each of crops spread over the whole picture and no larger than a tile together. */
async function gatherStatistics(network: PartNetwork, padded: PaddedSource, tile: Extents): Promise<TensorRecord> {
  const [down, across] = [cropping(padded.height, tile.height, network.generator), cropping(padded.width, tile.width, network.generator)];
  const samples = function* () {
    for (const tops of down.samples) {
      for (const lefts of across.samples) {
        const places = tops.flatMap((top) => lefts.map((left) => ({ top, left, height: down.extent, width: across.extent })));
        yield stack(places.map((place) => padded.read(place)));
      }
    }
  };
  return poolStatistics(await network.gather(samples(), [down.margin, across.margin]));
}

/** Crops along one axis. */
interface Cropping {
  readonly extent: number;
  readonly margin: number;
  /** Where the crops of each sample start. */
  readonly samples: readonly number[][];
}

function cropping(extent: number, tile: number, generator: GeneratorSpec): Cropping {
  if (extent <= tile) return { extent, margin: 0, samples: [[0]] };
  const crop = acceptedUpTo(tile / CROPS, generator);
  const together = Math.max(1, Math.floor(tile / crop));
  const count = Math.min(MOST_SAMPLES, Math.ceil(extent / (crop * (1 - 2 * MARGIN) * together)));
  const starts = spread(extent - crop, together * count);
  const samples = Array.from({ length: count }, (_, sample) => starts.filter((_, at) => at % count === sample));
  return { extent: crop, margin: MARGIN, samples };
}

function stack(crops: readonly HostTensor[]): HostTensor {
  const [, channels = 0, height = 0, width = 0] = crops[0]?.shape ?? [];
  const size = channels * height * width;
  const data = new Float32Array(crops.length * size);
  for (const [at, crop] of crops.entries()) data.set(crop.data, at * size);
  return f32([crops.length, channels, height, width], data);
}

/** A source enlarged by reflection to a size that the generator takes. */
class PaddedSource implements Extents {
  readonly height: number;
  readonly width: number;
  readonly #source: PixelSource;
  readonly #window: Window;

  constructor(source: PixelSource, generator: GeneratorSpec) {
    this.#source = source;
    this.height = accepted(source.height, generator);
    this.width = accepted(source.width, generator);
    this.#window = centred(source, this);
  }

  read({ top, left, height, width }: Window): HostTensor {
    const rows = Int32Array.from({ length: height }, (_, y) => reflectedIndex(top + y - this.#window.top, this.#source.height));
    const columns = Int32Array.from({ length: width }, (_, x) => reflectedIndex(left + x - this.#window.left, this.#source.width));
    return this.#source.read(rows, columns);
  }

  /** Hands those of the rows from `top` on that lie inside the source's picture to `sink`, cut to its width. */
  emit(top: number, rows: HostTensor, sink: RowSink): void {
    const { top: first, left, height, width } = this.#window;
    const from = Math.max(top, first);
    const to = Math.min(top + (rows.shape[2] ?? 0), first + height);
    if (from < to) sink(from - first, crop(rows, { top: from - top, left, height: to - from, width }));
  }
}
