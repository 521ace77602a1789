/** `cyclegan train`: its options and what its help teaches. */
import { Command } from 'commander';
import { z } from 'zod';
import { addBackendOptions, addSettingOptions, givenSettings, option, refuseReferenceOptions } from '../options.ts';
import { PRESET_NAMES, type PresetName, publishedName } from '../presets.ts';
import { DEFAULT_RUNS, type Execution } from '../run-folder.ts';
import { planRun, type TrainRequest } from '../run-plan.ts';
import { wholeNumber } from '../settings.ts';
import { carryOut } from '../train-run.ts';

const HELP = `
Examples:
  A first try, small enough for a CPU; pictures lie in horses/trainA and horses/trainB (or horses/A and horses/B):
    $ cyclegan train --data horses --name first --size 128 --ngf 32 --ndf 32 --blocks 6

  The model of the paper, on a GPU:
    $ cyclegan train --data horses --name paper --device cuda

  Stop it with Ctrl-C, which saves, and go on later, exactly where it stopped:
    $ cyclegan train --name first --resume

  Try another setting under another name:
    $ cyclegan train --data horses --name no-identity --lambda-identity 0 --size 128

  The settings of an earlier run, or of the paper for a data set, but for what is given:
    $ cyclegan train --data horses --name again --config runs/first/config.json --seed 2
    $ cyclegan train --data horse2zebra --name zebras --preset horse2zebra --batch-size 4

A run lies in runs/NAME:
  config.json                          its settings
  metrics.jsonl                        the losses of each step, one JSON object a line
  samples/step-000500.png              above: A, B made of it, A again, and what the other generator makes of A; below: the same for B
  checkpoints/step-000500.safetensors  everything needed to go on, or to translate; the last two and one every 50 epochs are kept

Exit status: 0 done, 1 failed, 2 called wrongly, 130 stopped by Ctrl-C (the first saves, the second does not).`;

interface Options extends Partial<Omit<Execution, 'threads'>> {
  readonly name: string;
  readonly runs: string;
  readonly resume?: boolean;
  readonly preset?: PresetName;
  readonly config?: string;
  readonly maxSteps?: number;
  readonly fromStep?: number;
  readonly threads?: number;
}

/** The command, which calls `exit` with its status. */
export function trainCommand(exit: (status: number) => void): Command {
  const command = new Command('train')
    .summary('train on two folders of pictures')
    .description(
      'Trains a CycleGAN on two folders of pictures that show two kinds of things; which picture goes with which need not be known.',
    )
    .requiredOption('--name <run>', 'name of the run')
    .option('--data <folder>', 'folder of the data set; when resuming, where it has moved to')
    .option('--data-a <folder>', 'folder of the pictures of A, in place of --data')
    .option('--data-b <folder>', 'folder of the pictures of B, in place of --data')
    .option('--runs <folder>', 'folder that holds the runs', DEFAULT_RUNS)
    .option('--resume', 'continue a run with its own settings')
    .addOption(
      option('--preset <name>', {
        about: `the paper's settings for a data set: ${PRESET_NAMES.join(', ')}`,
        schema: z
          .string()
          .transform(publishedName)
          .pipe(z.enum(PRESET_NAMES, { error: `Expected one of ${PRESET_NAMES.join(', ')}.` })),
      }),
    )
    .option('--config <file>', 'settings from a JSON or YAML file, or the config.json of a run; other options win over it')
    .addOption(option('--max-steps <n>', { about: 'stop when the run has so many steps, earlier ones included', schema: wholeNumber(1) }))
    .addOption(option('--sample-every <steps>', { about: 'save sample pictures; 0 is never', schema: wholeNumber(0), shown: 500 }))
    .addOption(option('--checkpoint-every <steps>', { about: 'save; 0 is at the end only', schema: wholeNumber(0), shown: 500 }))
    .addOption(option('--keep <n>', { about: 'checkpoints kept, the last ones', schema: wholeNumber(1), shown: 2 }))
    .addOption(
      option('--keep-every-epochs <n>', {
        about: 'keep the one after every so many epochs too; 0 is none',
        schema: wholeNumber(0),
        shown: 50,
      }),
    )
    .addOption(option('--from-step <n>', { about: 'resume from this checkpoint, not the newest', schema: wholeNumber(1) }));
  addBackendOptions(command);
  addSettingOptions(command);
  refuseReferenceOptions(command);
  return command.addHelpText('after', HELP).action(async (options: Options) => {
    const { maxSteps } = options;
    exit(await carryOut(await planRun(requestOf(options, command)), maxSteps));
  });
}

function requestOf(
  { name, runs, resume = false, preset, config, maxSteps, fromStep, ...options }: Options,
  command: Command,
): TrainRequest {
  const { data, dataA, dataB, backend, device, threads, sampleEvery, checkpointEvery, keep, keepEveryEpochs } = options;
  const execution = { data, dataA, dataB, backend, device, threads, sampleEvery, checkpointEvery, keep, keepEveryEpochs };
  const given = Object.entries(execution).filter(([, value]) => value !== undefined);
  return { name, runs, resume, preset, config, settings: givenSettings(command), execution: Object.fromEntries(given), maxSteps, fromStep };
}
