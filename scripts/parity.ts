/**
 * Holds all engines together: every op case, golden run and a training on each, against the f64 oracle. `npm run parity`, or a part of it:
 *   npm run parity -- --engines onnx:cpu,onnx:webgpu       # these alone, beside the oracle
 *   npm run parity -- --case "conv2d: 3x3"                 # op cases whose title holds a text, and nothing else
 *   npm run parity -- --golden unet --dir DIR --verbose    # golden runs whose name holds a text, and nothing else
 *   npm run parity -- --sections golden --full             # all golden runs in full, where steps take many seconds too
 *   npm run parity -- --sections training,checkpoint       # some of training, checkpoint (which needs training), ops, golden
 * REQUIRE_BACKENDS names engines that must be there, or says `all`. Exits 1 when something is beyond its bound or a required engine is
 * absent, 2 when it was called wrongly or golden runs ask for something unsupported and nothing else is wrong.
 */
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { writeBackendsPage } from './parity/backends-page.ts';
import { ENGINES, type Engine, engineOf, ORACLE } from './parity/engines.ts';
import { GOLDEN_FOLDERS, goldenFiles } from './parity/golden-runs.ts';
import { opCasesWith } from './parity/op-cases.ts';
import { SECTIONS, type Section } from './parity/protocol.ts';
import { reportText } from './parity/report-text.ts';
import { stopChildren } from './parity/run-child.ts';
import { type EngineReport, runSuite, type SuiteOptions } from './parity/suite.ts';
import { oracleLosses, problemsOf, resultOf } from './parity/verdict.ts';

const EXIT = { passed: 0, failed: 1, usage: 2 } as const;

const { values } = parseArgs({
  options: {
    engines: { type: 'string' },
    sections: { type: 'string' },
    case: { type: 'string' },
    golden: { type: 'string' },
    dir: { type: 'string', multiple: true },
    json: { type: 'string' },
    full: { type: 'boolean', default: false },
    docs: { type: 'boolean', default: false },
    verbose: { type: 'boolean', default: false },
  },
});

/** What was asked for: everything, or op cases or golden runs alone. */
function suiteOptions(): SuiteOptions {
  const { case: caseText, golden: goldenText } = values;
  const goldenFolders = values.dir ?? GOLDEN_FOLDERS.filter(existsSync);
  const sections = sectionsAsked();
  // fails here, before any process
  if (sections.includes('ops')) opCasesWith(caseText);
  if (sections.includes('golden')) goldenFiles(goldenFolders, goldenText);
  const choice = { ...(caseText === undefined ? {} : { caseText }), ...(goldenText === undefined ? {} : { goldenText }) };
  return { engines: enginesAsked(sections), sections, goldenFolders, full: values.full, timed: values.docs, ...choice };
}

/** The sections asked for: all, unless op cases or golden runs alone are. */
function sectionsAsked(): readonly Section[] {
  const { case: caseText, golden: goldenText } = values;
  const byText = SECTIONS.filter((name) => (name === 'ops' && caseText !== undefined) || (name === 'golden' && goldenText !== undefined));
  if (values.sections === undefined) return byText.length > 0 ? byText : SECTIONS;
  const names = values.sections.split(',').map((name) => name.trim());
  const unknown = names.find((name) => !SECTIONS.some((section) => section === name));
  if (unknown !== undefined) throw new Error(`--sections ${unknown}: expected some of ${SECTIONS.join(', ')}.`);
  if (names.includes('checkpoint') && !names.includes('training'))
    throw new Error('--sections checkpoint: the checkpoints come of training; ask for training,checkpoint.');
  return SECTIONS.filter((section) => names.includes(section));
}

/** The engines asked for, with the oracle where trainings are compared with its own. */
function enginesAsked(sections: readonly Section[]): readonly Engine[] {
  const asked = values.engines?.split(',').map((name) => engineOf(name.trim())) ?? ENGINES;
  return ENGINES.filter((engine) => asked.includes(engine) || (engine.name === ORACLE && sections.includes('training')));
}

/** Names of the engines that must be there. */
function requiredEngines(text = process.env.REQUIRE_BACKENDS ?? ''): ReadonlySet<string> {
  if (text.trim() === 'all') return new Set(ENGINES.map(({ name }) => name));
  const names = text.split(',').map((name) => name.trim());
  return new Set(names.filter((name) => name !== '').map((name) => engineOf(name).name));
}

/** The exit status, having said what it comes of. */
function conclude(reports: readonly EngineReport[], required: ReadonlySet<string>): number {
  const missing = reports.filter(({ name, state }) => state === 'absent' && required.has(name));
  for (const { name } of missing) console.log(`FAILED ${name}: REQUIRE_BACKENDS asks for it, and it is absent.`);
  const oracle = oracleLosses(reports);
  const problems = reports.flatMap((report) => problemsOf(report, oracle));
  const unsupported = reports.flatMap((report) => resultOf(report, 'golden')?.runs.filter((run) => run.unsupported !== undefined) ?? []);
  const failures = problems.length - unsupported.length + missing.length;
  const ran = reports.filter(({ state }) => state === 'ran').length;
  const absent = reports.filter(({ state }) => state === 'absent').length;
  const rest = unsupported.length === 0 ? '' : `, ${unsupported.length} golden runs unsupported`;
  console.log(`${ran} engines ran, ${absent} absent, ${failures} failures${rest}.`);
  return failures > 0 ? EXIT.failed : unsupported.length > 0 ? EXIT.usage : EXIT.passed;
}

async function main(): Promise<number> {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      stopChildren();
      process.exit(EXIT.failed);
    });
  }
  const options = suiteOptions();
  const required = requiredEngines();
  if (options.sections.includes('golden') && values.dir === undefined && options.goldenFolders.length < GOLDEN_FOLDERS.length)
    console.log('Golden runs of the published implementation are not here, give their folder with --dir; replaying our own alone.');
  const reports = await runSuite(options);
  console.log(`\n${reportText(reports, values)}\n`);
  if (values.json !== undefined) await writeFile(values.json, `${JSON.stringify(reports, undefined, 1)}\n`);
  if (values.docs) await writeBackendsPage(reports);
  return conclude(reports, required);
}

main().then(
  (code) => {
    process.exitCode = code;
  },
  (error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = EXIT.usage;
  },
);
