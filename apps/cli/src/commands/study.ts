/** `cyclegan study`: its options and what its help teaches. */
import { Command, Option } from 'commander';
import { z } from 'zod';
import type { StudyCall } from '../actions/study.ts';
import { directionOption, drawingSeedOption } from '../evaluate/judgement-options.ts';
import { addBackendOptions, addRunsOption, checkpointOption, option } from '../settings/options.ts';
import { wholeNumber } from '../settings/settings.ts';
import { parseSize } from '../settings/size-option.ts';

const HELP = `
Examples:
  A page that asks people which of two pictures is real: an aerial picture, or
  one that a run made of a map:
    $ cyclegan study --run maps --direction BtoA --out study

  The same of translations that lie in a folder:
    $ cyclegan study --generated zebras --real horse2zebra/testB --out study

  How often they were wrong, from the files that they have sent:
    $ cyclegan study --out study --answers answers

This is the perceptual study of the paper (table 1). Everybody sees pairs of a
real and a generated picture for a second each and chooses the real one; the
first ten are practice, with a verdict, and the next forty count. The rate is
the share of answers that took the generated picture for the real one: 50 % is
chance. Ask people who have not seen the pictures, everybody once, and make a
study for each method that is to be compared.

What it leaves in the folder:
  page/index.html  the page, with its pictures: all that people need
  key.json         which pictures are real: not for them
  rate.json        what came of it, also picture by picture

Pictures of one name are shown beside each other; where no names agree, any two.

Exit status: 0 done, 1 failed, 2 called wrongly.`;

/** The command, which calls `exit` with its status. */
export function studyCommand(exit: (status: number) => void): Command {
  const command = new Command('study')
    .summary('ask people which pictures are real')
    .description('Makes a page that asks people which of two pictures is real, and counts their answers.')
    .requiredOption('--out <folder>', 'folder of the study');
  command
    .optionsGroup('What to ask about:')
    .option('--run <run>', 'name of the run, its folder, or the file of a checkpoint')
    .addOption(checkpointOption())
    .option('--data <folder>', 'the data set whose test pictures are translated (default: that of the run)')
    .addOption(directionOption('AtoB'))
    .addOption(new Option('--size <N or WxH>', 'translate at this size (default: that of the training)').argParser(parseSize))
    .option('--generated <folder>', 'translations, instead of a run')
    .option('--real <folder>', 'real pictures (default: the test pictures of the other domain)')
    .optionsGroup('How to ask:')
    .addOption(option('--trials <n>', { about: 'pairs that everybody judges', schema: wholeNumber(1) }).default(40))
    .addOption(option('--practice <n>', { about: 'pairs before them, with a verdict', schema: wholeNumber(0) }).default(10))
    .addOption(option('--pairs <n>', { about: 'pairs that trials are drawn from', schema: wholeNumber(1), shown: 'all there are' }))
    .addOption(option('--seconds <s>', { about: 'how long a pair is seen', schema: z.number().positive().max(3600) }).default(1))
    .addOption(drawingSeedOption())
    .optionsGroup('What came back:')
    .option('--answers <files...>', 'files, folders or patterns: count these, in place of making a study');
  addRunsOption(command);
  addBackendOptions(command);
  return command.addHelpText('after', HELP).action(async (call: StudyCall) => {
    const { study } = await import('../actions/study.ts');
    exit(await study(call));
  });
}
