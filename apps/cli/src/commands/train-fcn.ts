/** `cyclegan train-fcn`: its options and what its help teaches. */
import { Command } from 'commander';
import { z } from 'zod';
import type { TrainFcnCall } from '../actions/train-fcn.ts';
import { FCN_DEFAULTS } from '../segmenter/fcn-settings.ts';
import { addBackendOptions, option } from '../settings/options.ts';
import { oneOf, wholeNumber } from '../settings/settings.ts';

const HELP = `
Examples:
  Photos and label pictures of one name: cityscapes/trainA has labels in the
  colours of Cityscapes, cityscapes/trainB photos:
    $ cyclegan train-fcn --data cityscapes --out cityscapes-fcn.onnx
    $ cyclegan eval --metric fcn --run cityscapes --fcn cityscapes-fcn.onnx

  Facades, whose photos are the left halves of its pictures, and on a GPU:
    $ cyclegan train-fcn --data facades --photos A --palette facades \\
        --out facades-fcn.onnx --width 1 --device cuda

  A better network for a synthetic town than the one that eval trains by itself,
  and in its place:
    $ cyclegan train-fcn --data town --out town/labels/fcn.onnx --force

  A control: labels of other photos, of which nothing can be learnt:
    $ cyclegan train-fcn --data town --out control.onnx --shuffle-labels

The network is the FCN-8s of Long, Shelhamer and Darrell, trained from nothing.
Behind each convolution comes batch norm, which the published network lacks:
without it little is learnt from nothing (--norm none is as published). Beside
FILE.onnx it writes FILE.json, which eval reads. At the end it says how
well the network does on test pictures, where the data set has some.

Exit status: 0 done, 1 failed, 2 called wrongly, 130 stopped by Ctrl-C, which
leaves no file.`;

const { width, size, batch, epochs, lr, seed, norm } = FCN_DEFAULTS;

/** The command, which calls `exit` with its status. */
export function trainFcnCommand(exit: (status: number) => void): Command {
  const command = new Command('train-fcn')
    .summary('train a segmentation network for eval --metric fcn')
    .description('Trains a network that tells the classes of pixels, on photos and label pictures of one name, for the FCN score.');
  addDataOptions(command.optionsGroup('Pictures:'));
  addNetworkOptions(command.optionsGroup('Network:'));
  addTrainingOptions(command.optionsGroup('Training:'));
  addBackendOptions(command);
  return command.addHelpText('after', HELP).action(async (call: TrainFcnCall) => {
    const { trainFcn } = await import('../actions/train-fcn.ts');
    exit(await trainFcn(call));
  });
}

function addDataOptions(command: Command): void {
  command
    .requiredOption('--data <folder>', 'the data set: a synthetic town, or photos and label pictures as its two domains')
    .requiredOption('--out <file>', 'the ONNX file; its description goes beside it')
    .addOption(option('--photos <domain>', { about: 'A or B, the domain of the photos', schema: oneOf('A', 'B'), shown: 'B' }))
    .option(
      '--palette <name or file>',
      'colours of the classes: cityscapes, facades, maps, town-map, or a JSON file (default: cityscapes, and that of a town)',
    )
    .option('--force', 'replace files that exist');
}

function addNetworkOptions(command: Command): void {
  const share = z
    .number()
    .min(1 / 64, { error: 'Expected a number from 1/64 to 2.' })
    .max(2, { error: 'Expected a number from 1/64 to 2.' });
  command
    .addOption(option('--width <share>', { about: 'of the published numbers of channels', schema: share }).default(width))
    .addOption(option('--norm <kind>', { about: 'batch, instance or none', schema: oneOf('batch', 'instance', 'none') }).default(norm))
    .option('--no-dropout', 'keep all of the two widest layers, half of which is dropped otherwise')
    .addOption(
      option('--size <pixels>', { about: 'height and width that pictures are resized to, a multiple of 32', schema: multiple() }).default(
        size,
      ),
    );
}

function addTrainingOptions(command: Command): void {
  const rate = z.number().gt(0, { error: 'Expected a number above 0.' });
  command
    .addOption(
      option('--crop <pixels>', {
        about: 'height and width of the random parts that are learnt from, a multiple of 32',
        schema: multiple(),
        shown: 'three quarters of --size',
      }),
    )
    .addOption(option('--batch <n>', { about: 'pictures in a step', schema: wholeNumber(1) }).default(batch))
    .addOption(option('--epochs <n>', { about: 'how often each picture is seen', schema: wholeNumber(1) }).default(epochs))
    .addOption(option('--lr <rate>', { about: "Adam's learning rate, which falls to 0 in the second half", schema: rate }).default(lr))
    .addOption(option('--seed <n>', { about: 'for all draws', schema: wholeNumber(0) }).default(seed))
    .option('--no-flip', 'mirror no pictures')
    .option('--balance', 'let rare classes count as much as common ones')
    .option('--shuffle-labels', 'pair photos with labels of others, as a control');
}

function multiple(): z.ZodType {
  const error = 'Expected a multiple of 32.';
  return z.int({ error }).min(32, { error }).multipleOf(32, { error });
}
