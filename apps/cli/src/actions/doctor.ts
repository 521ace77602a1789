/** What `cyclegan doctor` does. */
import { type BackendChoice, createBackend } from '../backends.ts';
import { describeFindings, type Findings } from '../doctor/doctor-text.ts';
import { inspectMachine } from '../doctor/machine.ts';
import { modelCosts } from '../doctor/model-costs.ts';
import { bestOf } from '../engines/auto-engine.ts';
import { type EngineRequest, namedEngine, withThreads } from '../engines/choose-engine.ts';
import { checkEngine, type EngineReport } from '../engines/engine-check.ts';
import { ENGINES } from '../engines/engines.ts';
import { describeError, EXIT } from '../errors.ts';
import { ChangingLine } from '../terminal/changing-line.ts';

/** What was asked for. */
export interface DoctorCall extends EngineRequest {
  readonly runsDir: string;
  readonly json?: boolean;
}

/** Looks at the machine, tries all engines, and tells; the exit status says whether the chosen engine works. Throws UsageError for an engine that is none. */
export async function doctor({ runsDir, json = false, ...request }: DoctorCall): Promise<number> {
  // before the engines are tried, since that takes a while
  const named = namedEngine(request);
  const machine = await inspectMachine(runsDir);
  const engines = await tryAll();
  const choice = named ?? withThreads(bestOf(engines), request);
  const { backend, device } = choice;
  const works = engines.some((engine) => engine.backend === backend && engine.device === device && engine.works);
  const costs = works ? await costsOn(choice) : { models: [] };
  const findings = { machine, engines, chosen: { backend, device }, ...costs };
  process.stdout.write(json ? `${JSON.stringify(findings, undefined, 2)}\n` : describeFindings(findings));
  return works ? EXIT.done : EXIT.failed;
}

/** One after the other: side by side they would slow each other down, and each is measured. */
async function tryAll(): Promise<EngineReport[]> {
  const line = new ChangingLine(process.stderr);
  const reports: EngineReport[] = [];
  for (const [at, engine] of ENGINES.entries()) {
    line.show(`trying ${engine.backend} on ${engine.device} (${at + 1} of ${ENGINES.length}) ...`);
    reports.push(await checkEngine(engine));
  }
  line.clear();
  return reports;
}

/** What models cost on an engine that works, or why that cannot be told. */
async function costsOn(choice: BackendChoice): Promise<Pick<Findings, 'models' | 'modelsError'>> {
  const backend = await createBackend(choice);
  try {
    return { models: await modelCosts(backend) };
  } catch (error) {
    return { models: [], modelsError: describeError(error) };
  } finally {
    await backend.dispose();
  }
}
