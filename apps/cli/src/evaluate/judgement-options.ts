/** Options that say how pictures are judged, and what they are unless given: of all commands that evaluate. */
import type { Interpolation } from '@cyclegan/eval';
import type { Command, Option } from 'commander';
import { z } from 'zod';
import { option } from '../settings/options.ts';
import { oneOf, wholeNumber } from '../settings/settings.ts';

/** What is taken unless options say otherwise. */
export const DEFAULT_JUDGEMENT = { absent: 'zero', voidDistance: 30, neighbours: 3, subsets: 100, seed: 0, resamples: 1000 } as const;

// written out, because the package that has them takes longer to load than help may
const INTERPOLATION_NAMES = ['nearest', 'bilinear', 'bicubic'] as const satisfies readonly Interpolation[];
const MOST_LEVELS = 442;

/** `--seed` for what is drawn while judging; training has one of its own. */
export function drawingSeedOption(): Option {
  return option('--seed <n>', { about: 'for all draws', schema: wholeNumber(0) }).default(DEFAULT_JUDGEMENT.seed);
}

/** `--direction`, as what is evaluated; `shown` is the default. */
export function directionOption(shown: string): Option {
  return option('--direction <way>', { about: 'AtoB or BtoA', schema: oneOf('AtoB', 'BtoA'), shown });
}

/** Adds them. */
export function addJudgementOptions(command: Command): void {
  const none = z.union([z.literal('none'), z.number().min(0).max(MOST_LEVELS)], {
    error: `Expected a distance from 0 to ${MOST_LEVELS}, or none.`,
  });
  command
    .optionsGroup('How to judge:')
    .option('--fcn <file>', "ONNX file of a segmentation network, its JSON beside it (default: a synthetic town's own)")
    .option('--features <file>', 'ONNX file of a network with features or classes, its JSON beside it')
    .option(
      '--palette <name or file>',
      "colours of the classes: cityscapes, facades, maps, town, town-map, or a JSON file (default: the network's, or cityscapes)",
    )
    .addOption(
      option('--absent <rule>', { about: 'classes that labels never show: zero or ignore', schema: oneOf('zero', 'ignore') }).default(
        DEFAULT_JUDGEMENT.absent,
      ),
    )
    .addOption(
      option('--void-distance <d>', { about: 'labels farther than this from all colours are void; none', schema: none }).default(
        DEFAULT_JUDGEMENT.voidDistance,
      ),
    )
    .addOption(
      option('--interpolation <name>', {
        about: INTERPOLATION_NAMES.join(', '),
        schema: oneOf(...INTERPOLATION_NAMES),
        shown: "the network's",
      }),
    )
    .option('--target <class>', 'number or name of the class, for class-change')
    .addOption(
      option('--neighbours <k>', { about: 'for precision and recall', schema: wholeNumber(1) }).default(DEFAULT_JUDGEMENT.neighbours),
    )
    .addOption(option('--subsets <n>', { about: 'for KID', schema: wholeNumber(1) }).default(DEFAULT_JUDGEMENT.subsets))
    .addOption(option('--subset-size <n>', { about: 'pictures in each', schema: wholeNumber(2), shown: '1000, at most half of them' }))
    .addOption(option('--batch <n>', { about: 'pictures that a network sees at a time', schema: wholeNumber(1), shown: '8' }))
    .addOption(
      option('--resamples <n>', { about: 'draws of the bootstrap, for intervals', schema: wholeNumber(1) }).default(
        DEFAULT_JUDGEMENT.resamples,
      ),
    );
}
