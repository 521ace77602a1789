/** `cyclegan translate`: its options and what its help teaches. */
import { Command, Option } from 'commander';
import type { TranslateCall } from '../actions/translate.ts';
import { addBackendOptions, addRunsOption, checkpointOption, option } from '../settings/options.ts';
import { oneOf, wholeNumber } from '../settings/settings.ts';
import { parseSize } from '../settings/size-option.ts';
import { FORMATS } from '../translate/translate-formats.ts';

const HELP = `
Examples:
  One picture, and a folder of pictures, into the folder zebras:
    $ cyclegan translate horse.jpg horses/testA --run first --out zebras

  The other way, and what matches a pattern:
    $ cyclegan translate horses/testB --run first --direction BtoA --out horses2
    $ cyclegan translate 'photos/**/*.jpg' --run first --out zebras --format jpg

  Test pictures of both sides there and back, with a page to look at them:
    $ cyclegan translate --both --data horse2zebra --run first --out first-both

  The rest of a folder, where a translation was stopped:
    $ cyclegan translate horses/testA --run first --out zebras --skip-existing

  In a pipe:
    $ cyclegan translate - --run first < horse.jpg > zebra.png

Pictures keep their size, their names and their places below the folder that was
given. Transparent parts count as white, unless the run was trained with 4
channels. A picture that cannot be read or translated does not stop the others.

Pictures of more than N x N pixels (--tile N) are translated in overlapping
tiles, so that memory does not grow with them. Colours then differ a little from
a translation in one piece, which --tile 0 asks for.

Exit status: 0 all done, 1 some failed, 2 called wrongly.`;

/** The command, which calls `exit` with its status. */
export function translateCommand(exit: (status: number) => void): Command {
  const command = new Command('translate')
    .summary('translate pictures with a trained run')
    .description('Translates pictures with the generator of a run.')
    .argument('[input...]', 'pictures, folders of pictures and quoted patterns; - is standard input')
    .requiredOption('--run <run>', 'name of the run, its folder, or the file of a checkpoint')
    .addOption(checkpointOption())
    .option('--out <folder>', 'where translations go; needed, but for -')
    .addOption(option('--direction <way>', { about: 'AtoB or BtoA', schema: oneOf('AtoB', 'BtoA') }).default('AtoB'))
    .addOption(option('--format <format>', { about: FORMATS.join(', '), schema: oneOf(...FORMATS) }).default('png'))
    .addOption(
      new Option('--size <N or WxH>', 'resize pictures to this first, as in training (default: their own size)').argParser(parseSize),
    )
    .addOption(option('--tile <pixels>', { about: 'largest tile; 0 is never to tile', schema: wholeNumber(0), shown: 'what fits 1 GB' }))
    .addOption(option('--jobs <n>', { about: 'pictures under way at a time', schema: wholeNumber(1) }).default(3))
    .option('--both', 'translate the test pictures of a data set there and back, both sides')
    .option('--data <folder>', 'the data set for --both, with testA and testB')
    .addOption(new Option('--force', 'replace files that exist').conflicts('skipExisting'))
    .option('--skip-existing', 'translate only what is missing, as after a stop');
  addRunsOption(command);
  addBackendOptions(command);
  return command.addHelpText('after', HELP).action(async (inputs: string[], call: TranslateCall) => {
    const { translate } = await import('../actions/translate.ts');
    exit(await translate(inputs, call));
  });
}
