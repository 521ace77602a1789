/** Map and aerial (paper, 5.1 and 5.2): translations beside the true pictures of the same places, both ways, and what a cycle loses. */
import type { Direction } from '@cyclegan/core';
import { type Palette, PICTURE_MEASURES, type PicturePair, type PictureResult, scorePictures } from '@cyclegan/eval';
import { RunError, UsageError } from '../errors.ts';
import type { Evaluated, Outcome } from './evaluation.ts';
import { pictureFigures } from './figures.ts';
import { aloneWarnings, bootstrapOptions } from './label-maps.ts';
import { readPalette } from './network-description.ts';
import { type PictureSet, pairNames } from './picture-set.ts';
import { besideEachOther, chosenRows, type ShownRow } from './shown-pictures.ts';
import { chosenSet, type Translations } from './sources.ts';
import { type Block, figure } from './table.ts';

/** What the measures are called in tables, and their digits. */
const COLUMNS: Readonly<Record<(typeof PICTURE_MEASURES)[number], readonly [name: string, digits: number]>> = {
  l1: ['L1', 2],
  rmse: ['RMSE', 2],
  psnr: ['PSNR', 2],
  ssim: ['SSIM', 3],
  msSsim: ['MS-SSIM', 3],
  within5: ['within 5', 3],
  within10: ['within 10', 3],
  classes: ['same class', 3],
};

const WAYS: Readonly<Record<Direction, string>> = { AtoB: 'A to B', BtoA: 'B to A' };

/** Results of one comparison, and how many pictures had no counterpart. */
interface Compared {
  readonly about: string;
  readonly result: PictureResult;
  readonly alone: number;
}

/** Measures a folder of translations, or those of a run one way or both; throws UsageError when --real is missing. */
export async function evaluateMaps(evaluated: Evaluated): Promise<Outcome> {
  const { sources, options } = evaluated;
  const palette = options.palette === undefined ? undefined : await readPalette(options.palette);
  const compared: Record<string, Compared> = {};
  const pictures: ShownRow[] = [];
  for (const way of waysOf(evaluated)) {
    const { direction, ...sets } = await sources.translations(way);
    const truth = await chosenSet('--real', options.real, sets.target, 'the true pictures, with the names of the generated ones');
    const name = direction ?? 'generated';
    compared[name] = await compare(direction === undefined ? 'generated' : WAYS[direction], [sets.generated, truth], {
      evaluated,
      palette,
    });
    const cycle = await compareCycle(sets, { evaluated, palette, direction: way });
    if (cycle !== undefined) compared[`${name}/cycle`] = cycle;
    pictures.push(...(await shownRows(compared[name], evaluated, { ...sets, truth })));
  }
  const [first] = Object.values(compared);
  return {
    inputs: { real: options.real, palette },
    options: { seed: options.seed, resamples: options.resamples, interval: 'bootstrap percentile, 95 %', levels: '0 to 255' },
    results: Object.fromEntries(Object.entries(compared).map(([name, { about, result }]) => [name, { about, ...result }])),
    figures: Object.values(compared).flatMap(({ about, result }) => pictureFigures(about, result)),
    blocks: blocksOf(compared, first?.result.pictures.length ?? 0),
    pictures,
    warnings: [...new Set(Object.values(compared).flatMap(({ alone, result }) => [...aloneWarnings(alone), ...scaleWarnings(result)]))],
  };
}

/** The directions that are asked for, or that a run has; a folder has one. */
function waysOf({ sources, options: { direction, generated, real } }: Evaluated): Direction[] {
  if (direction !== undefined) return [direction];
  if (generated !== undefined) return ['AtoB'];
  const ways = (['AtoB', 'BtoA'] as const).filter((way) => sources.translates(way));
  if (real !== undefined && ways.length > 1)
    throw new UsageError('--real is the truth of one direction: give --direction AtoB or BtoA as well.');
  return ways;
}

interface Way {
  readonly evaluated: Evaluated;
  readonly palette: Palette | undefined;
}

async function compare(
  about: string,
  [pictures, truth]: readonly [PictureSet, PictureSet],
  { evaluated, palette }: Way,
): Promise<Compared> {
  const { names, alone } = pairNames(pictures, truth);
  const result = await scorePictures(pairs([pictures, truth], names, evaluated), {
    palette,
    bootstrap: bootstrapOptions(evaluated.options),
  });
  return { about, result, alone };
}

/** What was translated, what was made of it, the truth, and what comes back. */
async function shownRows(
  compared: Compared | undefined,
  { shown }: Evaluated,
  { source, generated, truth, cycle }: Omit<Translations, 'direction'> & { readonly truth: PictureSet },
): Promise<ShownRow[]> {
  if (compared === undefined || shown === undefined) return [];
  const ranked = compared.result.pictures.map(({ name, l1 = 0 }) => ({
    name,
    score: -l1,
    note: `${compared.about}, L1 ${figure(l1, COLUMNS.l1[1])}`,
  }));
  const rows: ShownRow[] = [];
  for (const row of chosenRows(ranked, shown))
    rows.push({ ...row, pictures: await besideEachOther(row.name, { input: source, generated, real: truth, 'translated back': cycle }) });
  return rows;
}

/** What is left of test pictures that were translated there and back, where the run can. */
async function compareCycle(
  { source, cycle }: Omit<Translations, 'direction'>,
  { direction, ...way }: Way & { readonly direction: Direction },
): Promise<Compared | undefined> {
  if (source === undefined || cycle === undefined) return undefined;
  // a palette of the other side says nothing here
  return compare(`${WAYS[direction]} and back`, [cycle, source], { ...way, palette: undefined });
}

async function* pairs(
  [pictures, truth]: readonly [PictureSet, PictureSet],
  names: readonly string[],
  { options, advance }: Evaluated,
): AsyncGenerator<PicturePair> {
  for (const name of names) {
    const picture = await pictures.read(name);
    const resized = options.run !== undefined || options.size !== undefined;
    const real = await truth.read(name, resized ? { width: picture.width, height: picture.height } : undefined);
    if (real.width !== picture.width || real.height !== picture.height)
      throw new RunError(
        `${name}: the generated picture has ${picture.width} x ${picture.height} pixels, the real one ${real.width} x ${real.height}; give --size to compare them at one size.`,
      );
    advance();
    yield { name, picture, truth: real };
  }
}

function scaleWarnings({ scales }: PictureResult): string[] {
  if (scales >= 5) return [];
  return [`MS-SSIM takes ${scales} of its 5 scales, because pictures are small: compare it only with pictures of the same size.`];
}

function blocksOf(compared: Readonly<Record<string, Compared>>, count: number): Block[] {
  const all = Object.values(compared);
  const measures = PICTURE_MEASURES.filter((measure) => all.some(({ result }) => result.means[measure] !== undefined));
  const rows = all.map(({ about, result }) => [
    about,
    ...measures.map((measure) => {
      const mean = result.means[measure]?.mean;
      return mean === undefined ? '' : figure(mean, COLUMNS[measure][1]);
    }),
  ]);
  const extremes = all.map(({ about, result: { best, worst } }) => `${about}: best ${best.join(', ')}; worst ${worst.join(', ')}`);
  return [
    `Means over ${count} pictures, L1 and RMSE in levels of 0 to 255, PSNR in dB:`,
    { head: ['', ...measures.map((measure) => COLUMNS[measure][0])], rows },
    ...extremes,
  ];
}
