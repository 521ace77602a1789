/** What `cyclegan demo` does: the commands synth, train and translate in one, and a look at the result. */
import { join } from 'node:path';
import { type BackendChoice, createBackend } from '../backends.ts';
import { makeData } from '../demo/demo-data.ts';
import { demoPage } from '../demo/demo-page.ts';
import { DEMO_FOLDER, DEMO_SETTINGS } from '../demo/demo-settings.ts';
import { distanceTable } from '../demo/distance-table.ts';
import { translateTests } from '../demo/translate-tests.ts';
import type { EngineRequest } from '../engines/choose-engine.ts';
import { EXIT } from '../errors.ts';
import { DEFAULT_JUDGEMENT } from '../evaluate/judgement-options.ts';
import { writeFileAtomic } from '../files.ts';
import { RunFolder } from '../runs/run-folder.ts';
import { openRunWeights } from '../runs/run-weights.ts';
import { shellWord } from '../shell.ts';
import { formatDuration } from '../terminal/messages.ts';
import { planRun } from '../train/run-plan.ts';
import { carryOut } from '../train/train-run.ts';
import { evaluateAll } from './eval.ts';

/** What was asked for. */
export interface DemoCall extends EngineRequest {
  readonly out: string;
  readonly maxSteps?: number;
}

/** The name of the run, in the folder of the demonstration. */
const RUN = 'run';

/** Makes the data, trains, translates and shows; the exit status. Throws RunError when the folder holds something else. */
export async function demo({ out, maxSteps, ...choice }: DemoCall): Promise<number> {
  const started = performance.now();
  say(`1. The pictures: places of a synthetic town, in ${join(out, 'data')}`);
  if (!(await makeData(out))) return EXIT.interrupted;
  say(`\n2. The training, in ${join(out, RUN)}`);
  const { status, engine } = await trainOn(out, { maxSteps, choice });
  if (status !== EXIT.done) return status;
  say('\n3. The translations of places that training did not see');
  await show(out, engine);
  say('\n4. The FCN score: how much of the town a network that knows it recognises in the pictures made of maps');
  await evaluateAll({ ...DEFAULT_JUDGEMENT, ...engine, metric: ['fcn'], run: RUN, runsDir: out, data: join(out, 'data') });
  say(
    `\nAll of it took ${formatDuration((performance.now() - started) / 1000)}. Look at ${join(out, 'index.html')}, and at ${join(out, RUN, 'report.html')}.`,
  );
  say(NEXT);
  return EXIT.done;
}

const NEXT = `
With pictures of your own, in DIR/trainA and DIR/trainB, and some to translate in DIR/testA:
  npx cyclegan train --data DIR --name first --size 128 --ngf 32 --ndf 32 --blocks 6
  npx cyclegan translate DIR/testA --run first --out translated
  npx cyclegan export --run first`;

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

/** Trains, or goes on where training was stopped. */
async function trainOn(
  out: string,
  { maxSteps, choice }: { readonly maxSteps: number | undefined; readonly choice: EngineRequest },
): Promise<{ readonly status: number; readonly engine: BackendChoice }> {
  const resume = await new RunFolder(join(out, RUN)).exists();
  const plan = await planRun({
    name: RUN,
    runs: out,
    resume,
    settings: resume ? {} : DEMO_SETTINGS,
    execution: { ...choice, ...(resume ? {} : { data: join(out, 'data'), sampleEvery: 125, checkpointEvery: 250 }) },
  });
  // training alone would leave no translations
  const continuation = `cyclegan demo${out === DEMO_FOLDER ? '' : ` --out ${shellWord(out)}`}${maxSteps === undefined ? '' : ` --max-steps ${maxSteps}`}`;
  const { backend, device, threads } = plan.execution;
  return { status: await carryOut({ ...plan, continuation }, { maxSteps }), engine: { backend, device, threads } };
}

/** Translates the tests, tells how far they are from the truth, and writes the page. */
async function show(out: string, engine: BackendChoice): Promise<void> {
  const run = await openRunWeights(out, RUN);
  const backend = await createBackend(engine);
  try {
    const results = await translateTests(run, backend, out);
    say(distanceTable(results));
    await writeFileAtomic(join(out, 'index.html'), [Buffer.from(demoPage(results))]);
  } finally {
    await backend.dispose();
  }
}
