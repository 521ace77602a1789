/** Class-change rate: how many translated pictures a classifier takes for what they were to become; and real pictures, and those untranslated. */
import { type Interval, likeliestClass } from '@cyclegan/eval';
import { UsageError } from '../errors.ts';
import { flagFigure, rowsOf, shareOf } from './distributions.ts';
import type { Evaluated, Outcome } from './evaluation.ts';
import { networkFacts } from './fcn.ts';
import { type Judge, openJudge } from './judge.ts';
import { type NetworkDescription, readNetworkDescription } from './network-description.ts';
import type { PictureSet } from './picture-set.ts';
import { besideEachOther, chosenRows, type ShownRow } from './shown-pictures.ts';
import { chosenSet, type Translations } from './sources.ts';
import { withInterval } from './table.ts';

/** One set of pictures. */
interface Rate {
  readonly about: string;
  /** The share of the target class. */
  readonly value: number;
  readonly interval: Interval;
  readonly pictures: readonly { readonly name: string; readonly class: number }[];
}

/** Counts the target class; throws UsageError when --features or --target is missing, or there is no such class. */
export async function evaluateClassChange(evaluated: Evaluated): Promise<Outcome> {
  const { sources, options } = evaluated;
  if (options.features === undefined)
    throw new UsageError('--features FILE is needed: the ONNX file of a network that classifies pictures.');
  const description = await readNetworkDescription('--features', options.features);
  const target = targetClass(options.target, description);
  const direction = options.direction ?? 'AtoB';
  const translations = await sources.translations(direction);
  const real = options.real === undefined ? translations.target : await chosenSet('--real', options.real, undefined, '');
  const judge = await openJudge(description, { task: 'classification', ...options });
  try {
    const sets = { generated: translations.generated, real, untranslated: translations.source };
    const rates: Record<string, Rate> = {};
    for (const [name, set] of Object.entries(sets)) if (set !== undefined) rates[name] = await rateOf(set, judge, { evaluated, target });
    const name = description.classification?.names[target];
    const rows = Object.entries(rates).map(([which, { value, interval, pictures }]) => [
      which,
      `${pictures.length} pictures`,
      withInterval(value, interval),
    ]);
    return {
      inputs: { real: options.real, features: networkFacts(judge) },
      options: {
        target,
        ...(name === undefined ? {} : { name }),
        ...{ direction, interpolation: judge.input.interpolation, batch: judge.batch },
        ...{ seed: options.seed, resamples: options.resamples, interval: 'bootstrap percentile, 95 %' },
      },
      results: rates,
      figures: figuresOf(rates.generated, target),
      blocks: [`Share of pictures that the network takes for class ${target}${name === undefined ? '' : ` (${name})`}:`, { rows }],
      warnings: [],
      pictures: await shownRows(evaluated, { rate: rates.generated, target, translations }),
    };
  } finally {
    await judge.dispose();
  }
}

function figuresOf(rate: Rate | undefined, target: number): Outcome['figures'] {
  if (rate === undefined) return [];
  const names = rate.pictures.map(({ name }) => name);
  const hits = rate.pictures.map((each) => each.class === target);
  return [flagFigure('class-change rate', names, hits, rate)];
}

/** Some that became the class, and some that did not. */
async function shownRows(
  { shown }: Evaluated,
  {
    rate,
    target,
    translations: { source, generated },
  }: { readonly rate: Rate | undefined; readonly target: number; readonly translations: Translations },
): Promise<ShownRow[]> {
  if (rate === undefined || shown === undefined) return [];
  const ranked = rate.pictures.map((each) => ({
    name: each.name,
    score: Number(each.class === target),
    note: `taken for class ${each.class}`,
  }));
  const rows: ShownRow[] = [];
  for (const row of chosenRows(ranked, shown))
    rows.push({ ...row, pictures: await besideEachOther(row.name, { input: source, generated }) });
  return rows;
}

/** The number of a class that was named. */
function targetClass(target: string | undefined, { classification }: NetworkDescription): number {
  if (target === undefined) throw new UsageError('--target CLASS is needed: the number or name of the class that pictures were to become.');
  if (/^\d+$/.test(target)) return Number(target);
  const named = Object.entries(classification?.names ?? {}).find(([, name]) => name === target)?.[0];
  if (named === undefined) throw new UsageError(`--target ${target}: the network's JSON names no such class; give its number.`);
  return Number(named);
}

async function rateOf(set: PictureSet, judge: Judge, { evaluated, target }: { evaluated: Evaluated; target: number }): Promise<Rate> {
  const { names, features } = await rowsOf(set, judge, evaluated);
  if (target >= features.width) throw new UsageError(`--target ${target}: the network has ${features.width} classes, counted from 0.`);
  const found = likeliestClass(features.data, features.width);
  const share = shareOf(
    found.map((each) => each === target),
    evaluated.options,
  );
  return { about: set.about, ...share, pictures: names.map((name, at) => ({ name, class: found[at] ?? 0 })) };
}
