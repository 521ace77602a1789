/** `cyclegan eval`: its options and what its help teaches. */
import { Command, Option } from 'commander';
import type { EvalCall } from '../actions/eval.ts';
import { addJudgementOptions, directionOption, drawingSeedOption } from '../evaluate/judgement-options.ts';
import { METRICS, parseMetrics } from '../evaluate/metric-names.ts';
import { addBackendOptions, addRunsOption, checkpointOption } from '../settings/options.ts';
import { parseSize } from '../settings/size-option.ts';

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

  Two runs side by side, the best figures in bold:
    $ cyclegan eval --metric maps --compare first longer

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
go to a JSON file and a page with pictures for each metric, METRIC.json and
METRIC.html, which replace earlier ones; --compare adds comparison.json and
comparison.html.

Exit status: 0 done, 1 failed, 2 called wrongly.`;

/** The command, which calls `exit` with its status. */
export function evalCommand(exit: (status: number) => void): Command {
  const command = new Command('eval')
    .summary('measure how good translations are')
    .description('Measures how good translations are: of a run, or in a folder.')
    .addOption(new Option('--metric <names>', `${METRICS.join(', ')}; several with commas`).argParser(parseMetrics).makeOptionMandatory());
  addPictureOptions(command);
  addJudgementOptions(command);
  command.addOption(drawingSeedOption());
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
    .addOption(checkpointOption())
    .option('--data <folder>', 'the data set whose test pictures are translated (default: that of the run)')
    .addOption(directionOption('what the metric takes'))
    .addOption(
      new Option('--size <N or WxH>', 'translate and compare pictures at this size (default: that of the training)').argParser(parseSize),
    )
    .option('--compare <runs...>', 'evaluate several runs alike, and put them side by side')
    .option('--generated <folder>', 'translations, instead of a run')
    .option('--real <folder>', 'true or real pictures (default: the test pictures of the other domain)')
    .option('--labels <folder>', 'label pictures (default: labels/test of the data set, or its test pictures on that side)')
    .option('--out <folder>', 'where results go (default: evaluation in the folder of the run, or here)');
}
