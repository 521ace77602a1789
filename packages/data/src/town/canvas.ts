/** A picture while it is painted: layers over each other by their coverage. Knows colours, and no towns. */
import type { Picture } from '../picture.ts';
import type { Rgb } from './classes.ts';
import { coverage, type Grid } from './raster.ts';

/** A square picture in RGB whose samples may leave 0 .. 255 until it is done. */
export class Canvas {
  readonly grid: Grid;
  readonly samples: Float32Array;

  constructor(grid: Grid) {
    this.grid = grid;
    this.samples = new Float32Array(3 * grid.size * grid.size);
  }

  /** Covers a share of a pixel. */
  blend(at: number, red: number, green: number, blue: number, share: number): void {
    const { samples } = this;
    samples[3 * at] = (samples[3 * at] ?? 0) * (1 - share) + red * share;
    samples[3 * at + 1] = (samples[3 * at + 1] ?? 0) * (1 - share) + green * share;
    samples[3 * at + 2] = (samples[3 * at + 2] ?? 0) * (1 - share) + blue * share;
  }

  /** Paints everything in one colour. */
  fill([red, green, blue]: Rgb): void {
    const { length } = this.samples;
    for (let at = 0; 3 * at < length; at++) this.blend(at, red, green, blue, 1);
  }

  /** Paints where signed distances are negative, or are by `inset` metres, with smooth edges. */
  paint(field: Float32Array, [red, green, blue]: Rgb, inset = 0): void {
    for (let at = 0; at < field.length; at++) {
      const share = coverage((field[at] ?? 0) + inset, this.grid.pixel);
      if (share > 0) this.blend(at, red, green, blue, share);
    }
  }

  /** The picture, of 8 bits. */
  picture(): Picture {
    const { size } = this.grid;
    const rounded = new Uint8ClampedArray(this.samples);
    return { width: size, height: size, channels: 3, data: new Uint8Array(rounded.buffer) };
  }
}
