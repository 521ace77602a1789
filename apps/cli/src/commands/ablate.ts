/** `cyclegan ablate`: its options and what its help teaches. */
import { Command, InvalidArgumentError, Option } from 'commander';
import { z } from 'zod';
import type { BudgetRequest } from '../ablation/budget.ts';
import type { AblateCall } from '../actions/ablate.ts';
import { addJudgementOptions } from '../evaluate/judgement-options.ts';
import { addBackendOptions, addRunsOption, addSettingOptions, givenSettings, option, presetOption } from '../settings/options.ts';
import { oneOf } from '../settings/settings.ts';

const HELP = `
Examples:
  Tables 4 and 5 of the paper, in short, on a synthetic town:
    $ cyclegan synth --out town
    $ cyclegan ablate --table 4 --data town --budget 1500 \\
        --size 64 --ngf 24 --ndf 48 --blocks 2 --disc-layers 2
    $ cyclegan ablate --table 5 --data town

  As in the paper, which takes days; labels lie in cityscapes/trainA:
    $ cyclegan ablate --table 4 --data cityscapes --name cityscapes \\
        --preset cityscapes --fcn segmenter.onnx

Five runs are trained on the same pictures in the same order, from the same
seed, for the same number of steps: the cycle losses alone, the adversarial
losses alone, these with the forward or the backward cycle loss, and all of
them. A cycle is forward when it starts from a label picture. Table 4 measures
photos made of labels by the FCN score, table 5 labels made of photos by their
colours; both take the same runs, which are trained once.

--budget is a number of steps, or minutes such as 40m that the whole model is
likely to take, for each method; without it, the epochs of the settings. Half
of the steps are at full learning rate, half while it falls, unless --epochs or
--decay-epochs say otherwise. There is no identity loss unless it is given.

What it leaves in runs/NAME:
  cycle-alone/ gan-alone/ gan-forward/ gan-backward/ cyclegan/  the runs
  table-4/comparison.html   the table, beside the paper's, and pictures
  table-4/comparison.json   the same for programs

Stopped with Ctrl-C, the same command goes on where it was.

Exit status: 0 done, 1 failed, 2 called wrongly, 130 stopped by Ctrl-C.`;

/** The command, which calls `exit` with its status. */
export function ablateCommand(exit: (status: number) => void): Command {
  const table = z.union([z.literal(4), z.literal(5)], { error: 'Expected 4 or 5.' });
  const command = new Command('ablate')
    .summary("train the paper's ablations, and make its table of them")
    .description('Trains the ablations of the paper alike, evaluates them, and prints its table 4 or 5 beside what came of it.')
    .addOption(option('--table <n>', { about: '4, labels to photos, or 5, photos to labels', schema: table }).makeOptionMandatory())
    .requiredOption('--data <folder>', 'the data set: labels and photos, or a synthetic town')
    .addOption(
      option('--labels-in <domain>', { about: 'domain of the label pictures: A or B', schema: oneOf('A', 'B'), shown: 'A, of a town B' }),
    )
    .option('--name <ablation>', 'folder of its runs, in the folder of runs', 'ablation')
    .addOption(new Option('--budget <steps or minutes>', 'of training for each method: 4000, or 40m').argParser(parseBudget))
    .addOption(presetOption())
    .option('--config <file>', 'settings from a JSON or YAML file, or the config.json of a run');
  addRunsOption(command);
  addSettingOptions(command);
  addJudgementOptions(command);
  addBackendOptions(command);
  return command.addHelpText('after', HELP).action(async (call: AblateCall) => {
    const { ablate } = await import('../actions/ablate.ts');
    exit(await ablate(call, givenSettings(command)));
  });
}

function parseBudget(text: string): BudgetRequest {
  const [, number, unit] = /^(\d+(?:\.\d+)?)(m|min)?$/.exec(text) ?? [];
  const value = Number(number);
  if (number === undefined || value <= 0 || (unit === undefined && !Number.isInteger(value)))
    throw new InvalidArgumentError('Expected steps, such as 4000, or minutes, such as 40m.');
  return unit === undefined ? { steps: value } : { minutes: value };
}
