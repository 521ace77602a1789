/** The FCN score (paper, 5.1.1): a segmentation network on translated photos, compared with the labels that they were made of; and on real photos, as its upper bound. */
import {
  batched,
  type NamedPicture,
  type Palette,
  type PredictedMap,
  resampleClasses,
  type SegmentationResult,
  scoreSegmentations,
} from '@cyclegan/eval';
import { UsageError } from '../errors.ts';
import { townSegmenter } from '../segmenter/town-segmenter.ts';
import { isTown } from '../synth/synth-run.ts';
import type { Evaluated, EvaluationOptions, Outcome } from './evaluation.ts';
import { segmentationFigures } from './figures.ts';
import { type Judge, openJudge, segment } from './judge.ts';
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
import { type NetworkDescription, readNetworkDescription, readPalette } from './network-description.ts';
import { type PictureSet, pairNames } from './picture-set.ts';
import { besideEachOther, chosenRows, paintClasses, type ShownRow } from './shown-pictures.ts';
import { chosenSet } from './sources.ts';
import type { Block } from './table.ts';

/** Scores translated photos, and real ones where there are some; throws UsageError when --fcn or --labels is missing. */
export async function evaluateFcn(evaluated: Evaluated): Promise<Outcome> {
  const { sources, options } = evaluated;
  const description = await networkOf({ fcn: options.fcn, data: sources.data });
  // labels that lie apart are of the photos in the first folder, as synth makes them
  const direction = options.direction ?? (sources.labelled && !sources.swapped ? 'BtoA' : 'AtoB');
  const { generated, source, target, ...known } = await sources.translations(direction);
  const labels = await chosenSet('--labels', options.labels, known.labels ?? source, 'the label pictures that the photos were made of');
  const real = options.real === undefined ? target : await chosenSet('--real', options.real, undefined, '');
  const judge = await openJudge(description, { task: 'segmentation', ...options });
  try {
    const palette = options.palette === undefined ? description.segmentation?.palette : await readPalette(options.palette);
    if (palette === undefined) throw new UsageError('--palette is needed: the colours of the classes in label pictures.');
    const context = { ...evaluated, judge, labels, palette };
    const { result, alone } = await scorePhotos(generated, context);
    // test pictures need not come in pairs
    const paired = real !== undefined && (options.real !== undefined || labels.names.some((name) => real.names.includes(name)));
    const bound = paired ? await upperBound(real, context) : undefined;
    return {
      inputs: {
        generated: generated.about,
        labels: labels.about,
        real: paired ? real.about : undefined,
        palette,
        fcn: networkFacts(judge),
      },
      options: { ...scoringOptions(options), direction, interpolation: judge.input.interpolation, batch: judge.batch },
      results: { generated: result, ...(bound === undefined ? {} : { real: bound }) },
      figures: segmentationFigures(result),
      blocks: blocksOf(result, bound, options),
      warnings: [...aloneWarnings(alone), ...labelWarnings(result, palette)],
      pictures: await shownRows(result, context, { labels, generated, ...(paired ? { real } : {}) }),
    };
  } finally {
    await judge.dispose();
  }
}

/** The network that was given; on a synthetic town, where none was, the town's own. Throws UsageError when there is neither. */
export async function networkOf({
  fcn,
  data,
}: {
  readonly fcn?: string | undefined;
  readonly data?: string | undefined;
}): Promise<NetworkDescription> {
  if (fcn !== undefined) return readNetworkDescription('--fcn', fcn);
  if (data !== undefined && (await isTown(data))) return townSegmenter(data);
  throw new UsageError('--fcn FILE is needed: the ONNX file of a network that segments photos, such as train-fcn makes.');
}

/** The score of the real photos, once for all runs that share `upperBounds`. */
async function upperBound(
  real: PictureSet,
  { upperBounds, ...context }: PhotoScoring & Pick<Evaluated, 'upperBounds'>,
): Promise<SegmentationResult> {
  const { judge, labels, palette, options } = context;
  const key = JSON.stringify([real.about, labels.about, networkFacts(judge), palette, scoringOptions(options)]);
  const known = upperBounds?.get(key);
  if (known !== undefined) return known;
  const { result } = await scorePhotos(real, context);
  upperBounds?.set(key, result);
  return result;
}

function blocksOf(generated: SegmentationResult, bound: SegmentationResult | undefined, options: EvaluationOptions): Block[] {
  const scores = scoresTable({ generated, ...(bound === undefined ? {} : { 'real photos (upper bound)': bound }) });
  return [`FCN score of ${generated.pictures.length} photos (${rulesInWords(options)}):`, scores, classesTable(generated)];
}

/** The labels, the photo made of them, what the network sees in it, and the real photo. */
async function shownRows(
  result: SegmentationResult,
  { shown, judge, palette }: PhotoScoring & Pick<Evaluated, 'shown'>,
  { labels, generated, real }: Readonly<Record<'labels' | 'generated', PictureSet>> & { readonly real?: PictureSet },
): Promise<ShownRow[]> {
  const rows: ShownRow[] = [];
  for (const row of shown === undefined ? [] : chosenRows(rankedByPixels(result), shown)) {
    const picture = await generated.read(row.name);
    const [seen] = await segment(judge, [picture], palette);
    const pictures = [
      ...(await besideEachOther(row.name, { input: labels })),
      { about: 'generated', picture },
      ...(seen === undefined ? [] : [{ about: 'as the network sees it', picture: paintClasses(seen, palette) }]),
      ...(await besideEachOther(row.name, { real })),
    ];
    rows.push({ ...row, pictures });
  }
  return rows;
}

/** Which network it was, for results. */
export function networkFacts({ file, sha256, input, output, batch }: Judge): Record<string, unknown> {
  return { file, sha256, input, output, batch };
}

/** What photos are scored by. */
export interface PhotoScoring extends Pick<Evaluated, 'options' | 'advance'> {
  readonly judge: Judge;
  readonly labels: PictureSet;
  readonly palette: Palette;
}

/** Scores photos against labels of their names; `alone` counts pictures on both sides that have no counterpart. */
export async function scorePhotos(
  photos: PictureSet,
  context: PhotoScoring,
): Promise<{ readonly result: SegmentationResult; readonly alone: number }> {
  const { names, alone } = pairNames(photos, context.labels);
  const result = await scoreSegmentations(predictions(photos, names, context), segmentationOptions(context.palette, context.options));
  return { result, alone };
}

/** Predicted classes in the size of the labels, beside the true ones. */
async function* predictions(
  photos: PictureSet,
  names: readonly string[],
  { options, advance, judge, labels, palette }: PhotoScoring,
): AsyncGenerator<PredictedMap> {
  for await (const group of batched(readEach(photos, names), judge.batch)) {
    const maps = await segment(
      judge,
      group.map(({ picture }) => picture),
      palette,
    );
    for (const [at, map] of maps.entries()) {
      const name = group[at]?.name ?? '';
      const truth = await trueClasses(labels, name, palette, options);
      advance();
      yield { name, predicted: resampleClasses(map, truth), truth };
    }
  }
}

/** The pictures of some names, one after the other. */
export async function* readEach(set: PictureSet, names: readonly string[]): AsyncGenerator<NamedPicture> {
  for (const name of names) yield { name, picture: await set.read(name) };
}
