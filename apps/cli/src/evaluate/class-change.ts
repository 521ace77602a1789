/** Class-change rate: how many translated pictures a classifier takes for what they were to become; and real pictures, and those untranslated. */
import { type Interval, likeliestClass } from '@cyclegan/eval';
import { UsageError } from '../errors.ts';
import { rowsOf, shareOf } from './distributions.ts';
import type { Evaluated, Outcome } from './evaluation.ts';
import { networkFacts } from './fcn.ts';
import { type Judge, openJudge } from './judge.ts';
import { type NetworkDescription, readNetworkDescription } from './network-description.ts';
import type { PictureSet } from './picture-set.ts';
import { chosenSet } from './sources.ts';
import { tableLines, withInterval } from './table.ts';

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
      table: [
        `Share of pictures that the network takes for class ${target}${name === undefined ? '' : ` (${name})`}:`,
        ...tableLines(rows),
      ],
      warnings: [],
    };
  } finally {
    await judge.dispose();
  }
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
