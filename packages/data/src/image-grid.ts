/** Sample grids: many network outputs in one picture, to see at a glance how training goes. */
import type { HostTensor } from '@cyclegan/core';
import { tensorToPicture } from './memory/picture-tensor.ts';
import { type Picture, PictureError } from './picture.ts';

const WHITE = 255;
const RGB = 3;

/**
 * Lays tensors out in rows as one RGB picture on white, `gap` pixels apart; cells are C x H x W or N x C x H x W (the first
 * picture is shown) in [-1, 1] and may differ in size and channels. Throws PictureError when there is none, or as
 * `tensorToPicture` does.
 *
 * @example
 * await writeFile('sample.png', await encodePng(composeGrid([[realA, fakeB, recA], [realB, fakeA, recB]])));
 */
export function composeGrid(rows: readonly (readonly HostTensor[])[], { gap = 2 }: { readonly gap?: number } = {}): Picture {
  const cells = rows.map((row) => row.map((tensor) => tensorToPicture(tensor)));
  const columns = Math.max(0, ...cells.map((row) => row.length));
  if (columns === 0) {
    throw new PictureError('image grid: expected at least one tensor, got none.');
  }
  const lefts = offsets(
    Array.from({ length: columns }, (_, column) => Math.max(...cells.map((row) => row[column]?.width ?? 0))),
    gap,
  );
  const tops = offsets(
    cells.map((row) => Math.max(0, ...row.map((cell) => cell.height))),
    gap,
  );
  const width = lefts.end;
  const height = tops.end;
  const data = new Uint8Array(width * height * RGB).fill(WHITE);
  const grid: Picture = { width, height, channels: RGB, data };
  cells.forEach((row, y) => {
    row.forEach((cell, x) => {
      paste(grid, cell, { top: tops.starts[y] ?? 0, left: lefts.starts[x] ?? 0 });
    });
  });
  return grid;
}

/** Where each extent starts when they lie `gap` apart, and where the last one ends. */
function offsets(extents: readonly number[], gap: number): { starts: number[]; end: number } {
  const starts: number[] = [];
  let next = 0;
  for (const extent of extents) {
    starts.push(next);
    next += extent + gap;
  }
  return { starts, end: next - gap };
}

/** Copies a cell into an RGB picture: gray is repeated, alpha blended with white. */
function paste(grid: Picture, cell: Picture, { top, left }: { readonly top: number; readonly left: number }): void {
  for (let row = 0; row < cell.height; row++) {
    for (let column = 0; column < cell.width; column++) {
      const from = (row * cell.width + column) * cell.channels;
      const to = ((top + row) * grid.width + left + column) * RGB;
      const alpha = cell.channels === 4 ? (cell.data[from + 3] ?? 0) / 255 : 1;
      for (let channel = 0; channel < RGB; channel++) {
        const sample = cell.data[from + (cell.channels === 1 ? 0 : channel)] ?? 0;
        grid.data[to + channel] = Math.round(alpha * sample + (1 - alpha) * WHITE);
      }
    }
  }
}
