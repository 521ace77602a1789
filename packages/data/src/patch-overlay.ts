/** A map of judgements of patches, laid over the picture that they are of. Knows where patches lie, and not who judged. */
import type { HostTensor, ReceptiveField } from '@cyclegan/core';
import { composeGrid } from './image-grid.ts';
import { type Picture, PictureError, type Size } from './picture.ts';

type Rgb = readonly [red: number, green: number, blue: number];

/** Okabe and Ito's blue and vermilion, which nobody takes for each other. */
const REAL: Rgb = [0, 114, 178];
const FAKE: Rgb = [213, 94, 0];

/** How much of the picture the strongest judgement covers: it must stay visible. */
const STRONGEST = 0.7;

/** Judgements, rows from the top: 0 is fake, 1 is real, 0.5 undecided. */
export interface PatchMap extends Size {
  readonly values: ArrayLike<number>;
}

/**
 * The picture, 1 x C x H x W in [-1, 1], tinted blue where patches are judged real, vermilion where fake, and not at all where undecided. Each judgement
 * stands at the centre of its patch; between centres they are interpolated, beyond the outermost they stay. Throws PictureError as `tensorToPicture` does, and
 * for an empty map.
 */
export function patchOverlay(picture: HostTensor, map: PatchMap, field: Pick<ReceptiveField, 'start' | 'stride'>): Picture {
  if (map.height < 1 || map.width < 1) throw new PictureError('patch overlay: expected at least one patch, got none.');
  const shown = composeGrid([[picture]]);
  const rows = mixes(shown.height, map.height, field);
  const columns = mixes(shown.width, map.width, field);
  for (const [row, down] of rows.entries()) {
    for (const [column, across] of columns.entries()) {
      const judgement = blend(judgementIn(map, down.before, across), judgementIn(map, down.after, across), down.share);
      tint(shown, (row * shown.width + column) * shown.channels, judgement);
    }
  }
  return shown;
}

/** Two neighbouring patches, and the share of the second. */
interface Mix {
  readonly before: number;
  readonly after: number;
  readonly share: number;
}

/** For each pixel along an axis, the patches whose centres lie around it. */
function mixes(pixels: number, patches: number, { start, stride }: Pick<ReceptiveField, 'start' | 'stride'>): Mix[] {
  return Array.from({ length: pixels }, (_, pixel) => {
    const at = Math.max(0, Math.min(patches - 1, (pixel - start) / stride));
    const before = Math.floor(at);
    return { before, after: Math.min(patches - 1, before + 1), share: at - before };
  });
}

function judgementIn({ width, values }: PatchMap, row: number, { before, after, share }: Mix): number {
  return blend(values[row * width + before] ?? 0, values[row * width + after] ?? 0, share);
}

function blend(a: number, b: number, share: number): number {
  return a + (b - a) * share;
}

function tint({ data }: Picture, pixel: number, judgement: number): void {
  const lean = Math.max(-1, Math.min(1, 2 * judgement - 1));
  for (const [channel, colour] of (lean > 0 ? REAL : FAKE).entries())
    data[pixel + channel] = Math.round(blend(data[pixel + channel] ?? 0, colour, STRONGEST * Math.abs(lean)));
}
