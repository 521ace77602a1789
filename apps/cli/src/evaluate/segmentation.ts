/** Segmentation metrics (paper, tables 3 and 5): label pictures made of photos, compared with the true ones class by class. */
import {
  generatedClasses,
  type Palette,
  type PredictedMap,
  resampleClasses,
  type SegmentationResult,
  scoreSegmentations,
} from '@cyclegan/eval';
import type { Evaluated, Outcome } from './evaluation.ts';
import { segmentationFigures } from './figures.ts';
import {
  aloneWarnings,
  classesTable,
  labelWarnings,
  rankedByPixels,
  rulesInWords,
  scoresTable,
  scoringOptions,
  segmentationOptions,
  trueClasses,
} from './label-maps.ts';
import { readPalette } from './network-description.ts';
import { type PictureSet, pairNames } from './picture-set.ts';
import { besideEachOther, chosenRows, paintClasses, type ShownRow } from './shown-pictures.ts';
import { chosenSet } from './sources.ts';

const DEFAULT_PALETTE = 'cityscapes';

/** Scores generated label pictures; throws UsageError when --labels is missing. */
export async function evaluateSegmentation(evaluated: Evaluated): Promise<Outcome> {
  const { sources, options } = evaluated;
  const direction = options.direction ?? (sources.swapped ? 'AtoB' : 'BtoA');
  const { generated, source, target } = await sources.translations(direction);
  const labels = await chosenSet('--labels', options.labels, target, 'the true label pictures');
  const palette = await readPalette(options.palette ?? DEFAULT_PALETTE);
  const { names, alone } = pairNames(generated, labels);
  const maps = predictions({ generated, labels, palette, evaluated }, names);
  const result = await scoreSegmentations(maps, segmentationOptions(palette, options));
  return {
    inputs: { generated: generated.about, labels: labels.about, palette },
    options: { ...scoringOptions(options), direction },
    results: { generated: result },
    figures: segmentationFigures(result),
    blocks: [
      `Segmentation of ${result.pictures.length} label pictures (${rulesInWords(options)}):`,
      scoresTable({ generated: result }),
      classesTable(result),
    ],
    warnings: [...aloneWarnings(alone), ...labelWarnings(result, palette)],
    pictures: await shownRows(result, { generated, labels, palette, evaluated, source }),
  };
}

/** The photo, what was made of it, what that counts as, and the truth. */
async function shownRows(
  result: SegmentationResult,
  { generated, labels, source, palette, evaluated: { shown } }: Compared & { readonly source: PictureSet | undefined },
): Promise<ShownRow[]> {
  const rows: ShownRow[] = [];
  for (const row of shown === undefined ? [] : chosenRows(rankedByPixels(result), shown)) {
    const [made] = await besideEachOther(row.name, { generated });
    const counted =
      made === undefined ? [] : [{ about: 'counted as', picture: paintClasses(generatedClasses(made.picture, palette), palette) }];
    const [photo, truth] = [await besideEachOther(row.name, { input: source }), await besideEachOther(row.name, { real: labels })];
    rows.push({ ...row, pictures: [...photo, ...(made === undefined ? [] : [made]), ...counted, ...truth] });
  }
  return rows;
}

interface Compared {
  readonly generated: PictureSet;
  readonly labels: PictureSet;
  readonly palette: Palette;
  readonly evaluated: Evaluated;
}

async function* predictions({ generated, labels, palette, evaluated }: Compared, names: readonly string[]): AsyncGenerator<PredictedMap> {
  for (const name of names) {
    const truth = await trueClasses(labels, name, palette, evaluated.options);
    // whatever colour was generated counts as the nearest class: none can be dodged
    const predicted = resampleClasses(generatedClasses(await generated.read(name), palette), truth);
    evaluated.advance();
    yield { name, predicted, truth };
  }
}
