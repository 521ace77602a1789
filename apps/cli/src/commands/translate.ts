/** `cyclegan translate`: its options and what its help teaches. */
import { Command, Option } from 'commander';
import { type BackendChoice, createBackend } from '../backends.ts';
import { describeError, EXIT } from '../errors.ts';
import { addBackendOptions } from '../options.ts';
import { complain } from '../progress.ts';
import { DEFAULT_RUNS, findRun } from '../run-folder.ts';
import { checkOut, openTranslator, type TranslateRequest, translateAll } from '../translate-run.ts';

const HELP = `
Examples:
  One picture, and a folder of pictures, into the folder zebras:
    $ cyclegan translate horse.jpg horses/testA --run first --out zebras

  The other way:
    $ cyclegan translate horses/testB --run first --direction BtoA --out horses-again

Pictures keep their size. A translation is named like its picture, as PNG. A picture that cannot be read or translated does not stop the others.

Exit status: 0 all done, 1 some failed, 2 called wrongly.`;

interface Options extends Partial<BackendChoice>, Omit<TranslateRequest, 'inputs' | 'force'> {
  readonly run: string;
  readonly runs: string;
  readonly force?: boolean;
}

/** The command, which calls `exit` with its status. */
export function translateCommand(exit: (status: number) => void): Command {
  const command = new Command('translate')
    .summary('translate pictures with a trained run')
    .description('Translates pictures with the generator of a run.')
    .argument('<input...>', 'pictures, and folders of pictures')
    .requiredOption('--run <run>', 'name of the run, or its folder')
    .requiredOption('--out <folder>', 'where translations go')
    .addOption(new Option('--direction <direction>', 'which way').choices(['AtoB', 'BtoA']).default('AtoB'))
    .option('--force', 'replace files that exist')
    .option('--runs <folder>', 'folder that holds the runs', DEFAULT_RUNS);
  addBackendOptions(command);
  return command.addHelpText('after', HELP).action(async (inputs: string[], options: Options) => {
    exit(await translate(inputs, options));
  });
}

async function translate(inputs: readonly string[], options: Options): Promise<number> {
  const { backend: name = 'onnx', device = 'cpu', threads, out, direction, force = false } = options;
  await checkOut(out);
  const folder = await findRun(options.runs, options.run);
  const backend = await createBackend({ backend: name, device, threads });
  let done = 0;
  let failed = 0;
  try {
    const translator = await openTranslator(folder, backend, direction);
    for await (const { input, output, error } of translateAll(translator, { inputs, out, direction, force })) {
      if (error === undefined) {
        done++;
        process.stdout.write(`${input} -> ${output}\n`);
      } else {
        failed++;
        complain(describeError(error));
      }
    }
    translator.dispose();
  } finally {
    await backend.dispose();
  }
  if (failed > 0 || done > 1) process.stdout.write(`${done} translated, ${failed} failed.\n`);
  return failed === 0 ? EXIT.done : EXIT.failed;
}
