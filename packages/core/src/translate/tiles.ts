/**
 * How a picture is cut into overlapping tiles, and how their translations are blended into rows that are written as soon as they are done.
 * Plain geometry: it knows no networks.
 */
import { f32, type HostTensor } from '../tensor.ts';
import type { Extents } from './reflect.ts';

/** Where a tile lies along one axis, and how much each of its positions counts; the weights of all tiles sum to 1 everywhere. */
export interface Span {
  readonly start: number;
  readonly weights: Float32Array;
}

/** How an axis is cut. */
export interface Cut {
  /** Length of the axis, at least that of a tile. */
  readonly extent: number;
  readonly tile: number;
  /** Positions that neighbours share at least, less what aligning takes; smaller than the tile. */
  readonly overlap: number;
  /** Starts are multiples of this; so must be the extent and the tile. */
  readonly align: number;
}

/** Cuts an axis into tiles of one length, as evenly as aligned starts allow. */
export function cutAxis({ extent, tile, overlap, align }: Cut): Span[] {
  const count = extent <= tile ? 1 : Math.ceil((extent - overlap) / (tile - overlap));
  const starts = spread(extent - tile, count).map((start) => Math.floor(start / align) * align);
  return starts.map((start, at) => {
    const [previous, next] = [starts[at - 1], starts[at + 1]];
    const rise = previous === undefined ? undefined : ramp(start, previous + tile);
    const fall = next === undefined ? undefined : ramp(next, start + tile);
    const weights = Float32Array.from({ length: tile }, (_, inside) => {
      const position = start + inside;
      return (rise?.(position) ?? 1) * (1 - (fall?.(position) ?? 0));
    });
    return { start, weights };
  });
}

/** `count` whole numbers from 0 to `last`, evenly apart; 0 alone when there is one. */
export function spread(last: number, count: number): number[] {
  return Array.from({ length: count }, (_, at) => (count === 1 ? 0 : Math.floor((at * last) / (count - 1))));
}

/** From 0 to 1 over the middle half of [from, to): next to a tile's border, its network saw less than it would in the whole picture. */
function ramp(from: number, to: number): (position: number) => number {
  const quarter = (to - from) / 4;
  return (position) => Math.min(1, Math.max(0, (position + 0.5 - from - quarter) / (2 * quarter)));
}

/** Blends tiles that come row by row, from the top; holds one row of tiles. */
export class RowBlender {
  readonly #size: Extents;
  readonly #channels: number;
  readonly #tile: number;
  /** Sums of weighted values, channels x tile height x width, from row `#top` on. */
  readonly #band: Float32Array;
  #top = 0;

  constructor(size: Extents, { channels, tile }: { readonly channels: number; readonly tile: number }) {
    this.#size = size;
    this.#channels = channels;
    this.#tile = tile;
    this.#band = new Float32Array(channels * tile * size.width);
  }

  /** Adds a tile 1 x C x H x W of the current row of tiles. */
  add({ shape, data }: HostTensor, rows: Span, columns: Span): void {
    const [, , height = 0, width = 0] = shape;
    for (let channel = 0; channel < this.#channels; channel++) {
      for (let y = 0; y < height; y++) {
        const down = rows.weights[y] ?? 0;
        const from = (channel * height + y) * width;
        const to = (channel * this.#tile + y) * this.#size.width + columns.start;
        for (let x = 0; x < width; x++) {
          this.#band[to + x] = (this.#band[to + x] ?? 0) + down * (columns.weights[x] ?? 0) * (data[from + x] ?? 0);
        }
      }
    }
  }

  /** The rows that are done once the next row of tiles starts at `next`, 1 x C x rows x width, and the first one's number. */
  take(next: number): { readonly top: number; readonly rows: HostTensor } {
    const { width } = this.#size;
    const [top, count] = [this.#top, next - this.#top];
    const rows = new Float32Array(this.#channels * count * width);
    for (let channel = 0; channel < this.#channels; channel++) {
      const start = channel * this.#tile * width;
      const end = start + this.#tile * width;
      rows.set(this.#band.subarray(start, start + count * width), channel * count * width);
      this.#band.copyWithin(start, start + count * width, end);
      this.#band.fill(0, end - count * width, end);
    }
    this.#top = next;
    return { top, rows: f32([1, this.#channels, count, width], rows) };
  }
}
