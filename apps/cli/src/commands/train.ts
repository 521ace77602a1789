/** `cyclegan train`: its options and what its help teaches. */
import { resolve } from 'node:path';
import { Command, Option } from 'commander';
import { z } from 'zod';
import { MEMORY_USES, PRECISIONS } from '../backends.ts';
import type { EngineRequest } from '../engines/choose-engine.ts';
import { METRICS, parseMetrics } from '../evaluate/metric-names.ts';
import type { Execution } from '../runs/run-folder.ts';
import {
  addBackendOptions,
  addRunsOption,
  addSettingOptions,
  givenSettings,
  option,
  presetOption,
  refuseReferenceOptions,
} from '../settings/options.ts';
import type { PresetName } from '../settings/presets.ts';
import { DATA_GROUP } from '../settings/setting-options.ts';
import { oneOf, wholeNumber } from '../settings/settings.ts';
import { LOGGERS, LOGS, type LogForm } from '../train/loggers.ts';
import type { TrainRequest } from '../train/run-plan.ts';
import { VISUALS } from '../train/visuals.ts';

const HELP = `
Examples:
  A first try, small enough for a CPU; pictures lie in horses/trainA and
  horses/trainB (or horses/A and horses/B):
    $ cyclegan train --data horses --name first \\
        --size 128 --ngf 32 --ndf 32 --blocks 6

  The model of the paper, on a GPU, and on the best that is there:
    $ cyclegan train --data horses --name paper --device cuda
    $ cyclegan train --data horses --name paper --backend auto

  Stop it with Ctrl-C, which saves, and go on later, exactly where it stopped:
    $ cyclegan train --name first --resume

  Start a new run from the weights of another, with a schedule of its own:
    $ cyclegan train --data horses --name longer --init-from first \\
        --size 128 --epochs 0 --decay-epochs 50

  Try another setting under another name:
    $ cyclegan train --data horses --name no-identity --lambda-identity 0

  The settings of an earlier run, or of the paper for a data set, but for what
  is given; and a file of them to edit:
    $ cyclegan train --data horses --name again --seed 2 \\
        --config runs/first/config.json
    $ cyclegan train --data maps --name maps --preset maps --batch-size 4
    $ cyclegan train --preset maps --print-config > maps.yaml

  Measure maps and aerial pictures that it has not seen every 1000 steps, see
  how that goes in the report, and keep the best checkpoint:
    $ cyclegan train --data maps --name measured --eval-every 1000 --eval maps

  Watch it in TensorBoard, and let a program follow it:
    $ cyclegan train --data horses --name first --logger tensorboard
    $ tensorboard --logdir runs
    $ cyclegan train --name first --resume --log json \\
        | jq -r 'select(.event == "step") | [.step, .losses.cycleA] | @tsv'

A run lies in runs/NAME:
  report.html      how it is going, in a browser: losses, pictures, settings;
                   open it while training, it follows
  config.json      its settings
  metrics.jsonl    the losses of each step, one JSON object a line
  samples/         step-000500.png ... above: A, B made of it, A again, and what
                   the other generator makes of A; below: the same for B;
                   fixed/A-1 ...: the same few pictures each time, of testA and
                   testB where these are there; pictures.json has their names.
                   --visuals all adds rec-difference, idt-difference: black is
                   none, pale yellow a quarter of black to white, or more;
                   patch-real, patch-fake: what a discriminator says of patches,
                   blue is real, orange fake; and last/ of all the last batch
  checkpoints/     step-000500.safetensors ... everything needed to go on, or to
                   translate; the last two and one every 50 epochs are kept
  evaluations.jsonl  with --eval: figures of the checkpoints that were measured
  tensorboard/     with --logger tensorboard: losses, learning rate, speed,
                   samples and settings as event files

--log json prints an object a line: first {"event":"start",...}, then "step"
(losses, learningRate, seconds, secondsLeft), "sample" and "checkpoint" (path),
"evaluation" (figures), "stopping" after Ctrl-C, "profile" with --profile
(kernels), and "end" (status done, interrupted or failed; step, saved, next: how
to go on). Warnings and errors stay on standard error.

Exit status: 0 done, 1 failed, 2 called wrongly, 130 stopped by Ctrl-C (the
first saves, the second does not).`;

interface Options extends Partial<Omit<Execution, keyof EngineRequest | 'cacheMb'>>, EngineRequest {
  readonly name?: string;
  readonly runsDir: string;
  readonly resume?: boolean;
  readonly initFrom?: string;
  readonly printConfig?: boolean;
  readonly preset?: PresetName;
  readonly config?: string;
  readonly maxSteps?: number;
  readonly fromStep?: number;
  readonly cacheMb?: number;
  readonly log?: LogForm;
  readonly profile?: boolean;
}

/** The command, which calls `exit` with its status. */
export function trainCommand(exit: (status: number) => void): Command {
  const command = new Command('train')
    .summary('train on two folders of pictures')
    .description(
      'Trains a CycleGAN on two folders of pictures that show two kinds of things; which picture goes with which need not be known. ' +
        "What is not given is as in the paper, but for an identity loss of 0.5, as in the authors' code; --preset takes the paper's for a data set.",
    );
  addRunOptions(command.optionsGroup('Run:'));
  addDataOptions(command.optionsGroup(DATA_GROUP));
  addSettingOptions(command);
  addSavingOptions(command.optionsGroup('What is saved:'));
  addEvaluationOptions(command.optionsGroup('Measuring on test pictures while it trains:'));
  addLogOptions(command.optionsGroup('How it is told:'));
  addBackendOptions(command);
  addMemoryOption(command);
  addPrecisionOption(command);
  refuseReferenceOptions(command);
  return command.addHelpText('after', HELP).action(async (options: Options) => {
    const { train } = await import('../actions/train.ts');
    exit(await train(requestOf(options, command), options));
  });
}

function addRunOptions(command: Command): void {
  command
    .option('--name <run>', 'name of the run')
    .option('--resume', 'continue a run with its own settings')
    .addOption(option('--from-step <n>', { about: 'resume from this checkpoint, not the newest', schema: wholeNumber(0) }))
    .option('--init-from <run>', 'start a new run with the networks and weights of another, given by its name, its folder or a file')
    .addOption(presetOption())
    .option('--config <file>', 'settings from a JSON or YAML file, or the config.json of a run; other options win over it')
    .option('--print-config', 'print the settings as a file for --config, and train nothing')
    .addOption(option('--max-steps <n>', { about: 'stop when the run has so many steps, earlier ones included', schema: wholeNumber(1) }));
  addRunsOption(command);
}

function addDataOptions(command: Command): void {
  command
    .option('--data <folder>', 'folder of the data set; when resuming, where it has moved to')
    .option('--data-a <folder>', 'folder of the pictures of A, in place of --data')
    .option('--data-b <folder>', 'folder of the pictures of B, in place of --data')
    .addOption(option('--cache-mb <n>', { about: 'MB of memory for decoded pictures; 0 keeps none', schema: wholeNumber(0), shown: 512 }));
}

function addSavingOptions(command: Command): void {
  command
    .addOption(option('--sample-every <steps>', { about: 'save sample pictures; 0 is never', schema: wholeNumber(0), shown: 500 }))
    .addOption(
      option('--visuals <which>', {
        about: 'basic, or all for sample pictures of losses and discriminators too',
        schema: z.enum(VISUALS, { error: `Expected one of ${VISUALS.join(', ')}.` }),
        shown: 'basic',
      }),
    )
    .addOption(option('--checkpoint-every <steps>', { about: 'save; 0 is at the end only', schema: wholeNumber(0), shown: 500 }))
    .addOption(option('--keep <n>', { about: 'checkpoints kept, the last ones', schema: wholeNumber(1), shown: 2 }))
    .addOption(
      option('--keep-every-epochs <n>', {
        about: 'keep the one after every so many epochs too; 0 is none',
        schema: wholeNumber(0),
        shown: 50,
      }),
    );
}

function addEvaluationOptions(command: Command): void {
  command
    .addOption(
      option('--eval-every <steps>', {
        about: 'evaluate the checkpoints of every so many steps, and keep the best',
        schema: wholeNumber(1),
        shown: 'never',
      }),
    )
    .addOption(
      new Option('--eval <metrics>', `${METRICS.join(', ')}; several with commas, the first decides which is the best`).argParser(
        parseMetrics,
      ),
    )
    .option('--fcn <file>', 'as in eval: ONNX file of a segmentation network')
    .option('--features <file>', 'ONNX file of a network with features or classes')
    .option('--palette <name or file>', 'colours of the classes')
    .option('--target <class>', 'class for class-change');
}

function addLogOptions(command: Command): void {
  command
    .addOption(
      option('--logger <name>', {
        about: `log the run for another program too: ${LOGGERS.join(' or ')}`,
        schema: oneOf(...LOGGERS),
        shown: 'none',
      }),
    )
    .addOption(
      option('--log <form>', { about: 'standard output for people: text, or for programs: json', schema: oneOf(...LOGS), shown: 'text' }),
    )
    .option('--profile', 'tell at the end how long each kernel took, which makes steps slower; with --backend webgpu alone');
}

/** Beside the options of the backend. */
function addMemoryOption(command: Command): void {
  const schema = oneOf(...MEMORY_USES);
  const about = 'fast, or low to compute some things of a step twice instead of keeping them';
  command.addOption(option('--memory <use>', { about, schema, shown: 'fast' }).helpGroup('What to compute on:'));
}

/** Beside the options of the backend. */
function addPrecisionOption(command: Command): void {
  const schema = oneOf(...PRECISIONS);
  const about = 'f32, or f16 to multiply in half precision with --backend webgpu on a GPU that has it; weights and losses stay f32';
  command.addOption(option('--precision <type>', { about, schema, shown: 'f32' }).helpGroup('What to compute on:'));
}

function requestOf(options: Options, command: Command): TrainRequest {
  const { name, runsDir: runs, resume = false, initFrom, preset, config, maxSteps, fromStep } = options;
  const { data, dataA, dataB, cacheMb, backend, device, threads, memory, precision } = options;
  const { sampleEvery, visuals, checkpointEvery, keep, keepEveryEpochs, logger } = options;
  const saving = { sampleEvery, visuals, checkpointEvery, keep, keepEveryEpochs, logger };
  const { evalEvery, eval: metrics, fcn, features, palette, target } = options;
  const evaluating = { evalEvery, eval: metrics, fcn: fcn && resolve(fcn), features: features && resolve(features), palette, target };
  const execution = { data, dataA, dataB, cacheMb, backend, device, threads, memory, precision, ...saving, ...evaluating };
  const given = Object.fromEntries(Object.entries(execution).filter(([, value]) => value !== undefined));
  return { name, runs, resume, initFrom, preset, config, settings: givenSettings(command), execution: given, maxSteps, fromStep };
}
