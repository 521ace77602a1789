/** `cyclegan eval`: its options and what its help teaches. */
import type { Interpolation } from '@cyclegan/eval';
import { Command, InvalidArgumentError, Option } from 'commander';
import { z } from 'zod';
import type { EvalCall } from '../actions/eval.ts';
import { METRICS, type Metric } from '../evaluate/metrics.ts';
import { addBackendOptions, addRunsOption, option } from '../settings/options.ts';
import { oneOf, wholeNumber } from '../settings/settings.ts';
import { parseSize } from '../settings/size-option.ts';
import { didYouMean } from '../suggest.ts';

const HELP = `
Examples:
  How near translated maps and aerial pictures are to the true ones:
    $ cyclegan eval --metric maps --run town

  Photos made of label pictures, judged by a segmentation network, beside real
  photos, which are the upper bound:
    $ cyclegan eval --metric fcn --run cityscapes --fcn segmenter.onnx

  Label pictures made of photos:
    $ cyclegan eval --metric segmentation --run cityscapes --direction BtoA

  How much generated pictures resemble real ones as a whole:
    $ cyclegan eval --metric fid,kid,precision-recall --generated zebras \\
        --real horse2zebra/testB --features classifier.onnx

  How many horses became zebras:
    $ cyclegan eval --metric class-change --run zebras --target zebra \\
        --features classifier.onnx

Metrics:
  fcn               a segmentation network on photos, compared with their labels
  segmentation      label pictures, compared with the true ones
  maps              L1, RMSE, PSNR, SSIM, MS-SSIM, shares of right pixels
  fid, kid          distance between generated and real pictures
  precision-recall  how good generated pictures are, and how varied
  class-change      share of pictures that a classifier takes for a class

With --run the test pictures of the run's data set are translated, at the size
that it was trained on; AtoB, unless --direction says otherwise, but BtoA for
segmentation and for fcn where labels lie in labels/test, and both ways for
maps. Beside an ONNX file lies its description, JSON under the
same name: docs/evaluation.md has examples, and all rules and defaults. Results
go to a JSON file for each metric, which replaces an earlier one.

Exit status: 0 done, 1 failed, 2 called wrongly.`;

// written out, because the package that has them takes longer to load than help may
const INTERPOLATION_NAMES = ['nearest', 'bilinear', 'bicubic'] as const satisfies readonly Interpolation[];
const MOST_LEVELS = 442;

/** The command, which calls `exit` with its status. */
export function evalCommand(exit: (status: number) => void): Command {
  const command = new Command('eval')
    .summary('measure how good translations are')
    .description('Measures how good translations are: of a run, or in a folder.')
    .addOption(new Option('--metric <names>', `${METRICS.join(', ')}; several with commas`).argParser(parseMetrics).makeOptionMandatory());
  addPictureOptions(command);
  addJudgementOptions(command);
  addRunsOption(command);
  addBackendOptions(command);
  return command.addHelpText('after', HELP).action(async (call: EvalCall) => {
    const { evaluateAll } = await import('../actions/eval.ts');
    exit(await evaluateAll(call));
  });
}

function addPictureOptions(command: Command): void {
  command
    .optionsGroup('What to evaluate:')
    .option('--run <run>', 'name of the run, its folder, or the file of a checkpoint')
    .addOption(option('--checkpoint <step>', { about: 'the checkpoint after this step', schema: wholeNumber(0), shown: 'the last one' }))
    .option('--data <folder>', 'the data set whose test pictures are translated (default: that of the run)')
    .addOption(
      option('--direction <way>', {
        about: 'AtoB or BtoA',
        schema: oneOf('AtoB', 'BtoA'),
        shown: 'what the metric takes',
      }),
    )
    .addOption(
      new Option('--size <N or WxH>', 'translate and compare pictures at this size (default: that of the training)').argParser(parseSize),
    )
    .option('--generated <folder>', 'translations, instead of a run')
    .option('--real <folder>', 'true or real pictures (default: the test pictures of the other domain)')
    .option('--labels <folder>', 'label pictures (default: labels/test of the data set, or its test pictures on that side)')
    .option('--out <folder>', 'where results go (default: evaluation in the folder of the run, or here)');
}

function addJudgementOptions(command: Command): void {
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
        'zero',
      ),
    )
    .addOption(
      option('--void-distance <d>', { about: 'labels farther than this from all colours are void; none', schema: none }).default(30),
    )
    .addOption(
      option('--interpolation <name>', {
        about: INTERPOLATION_NAMES.join(', '),
        schema: oneOf(...INTERPOLATION_NAMES),
        shown: "the network's",
      }),
    )
    .option('--target <class>', 'number or name of the class, for class-change')
    .addOption(option('--neighbours <k>', { about: 'for precision and recall', schema: wholeNumber(1) }).default(3))
    .addOption(option('--subsets <n>', { about: 'for KID', schema: wholeNumber(1) }).default(100))
    .addOption(option('--subset-size <n>', { about: 'pictures in each', schema: wholeNumber(2), shown: '1000, at most half of them' }))
    .addOption(option('--batch <n>', { about: 'pictures that a network sees at a time', schema: wholeNumber(1), shown: '8' }))
    .addOption(option('--resamples <n>', { about: 'draws of the bootstrap, for intervals', schema: wholeNumber(1) }).default(1000))
    .addOption(option('--seed <n>', { about: 'for all draws', schema: wholeNumber(0) }).default(0));
}

function parseMetrics(text: string): readonly Metric[] {
  const metrics = text.split(',').map((word) => {
    const metric = METRICS.find((each) => each === word.trim());
    if (metric === undefined) throw new InvalidArgumentError(`Expected some of ${METRICS.join(', ')}${didYouMean(word, METRICS) || '.'}`);
    return metric;
  });
  return [...new Set(metrics)];
}
