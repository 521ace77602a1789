/** What `cyclegan doctor` does. */
import { type BackendChoice, createBackend } from '../backends.ts';
import { describeFindings, type Findings } from '../doctor/doctor-text.ts';
import { checkEngine, type EngineReport } from '../doctor/engine-check.ts';
import { ENGINES } from '../doctor/engines.ts';
import { inspectMachine } from '../doctor/machine.ts';
import { modelCosts } from '../doctor/model-costs.ts';
import { describeError, EXIT, UsageError } from '../errors.ts';

/** What was asked for. */
export interface DoctorCall extends Partial<Omit<BackendChoice, 'profile'>> {
  readonly runsDir: string;
  readonly json?: boolean;
}

/** Looks at the machine, tries all engines, and tells; the exit status says whether the chosen engine works. Throws UsageError for an engine that is none. */
export async function doctor({ runsDir, json = false, backend = 'onnx', device = 'cpu', threads }: DoctorCall): Promise<number> {
  const isChosen = (engine: Pick<EngineReport, 'backend' | 'device'>) => engine.backend === backend && engine.device === device;
  if (!ENGINES.some(isChosen))
    throw new UsageError(`--device ${device}: the ${backend} backend does not have it; doctor lists what there is.`);
  const machine = await inspectMachine(runsDir);
  const engines = await Promise.all(ENGINES.map((engine) => checkEngine(engine)));
  const works = engines.some((engine) => isChosen(engine) && engine.works);
  const costs = works ? await costsOn({ backend, device, threads }) : { models: [] };
  const findings = { machine, engines, chosen: { backend, device }, ...costs };
  process.stdout.write(json ? `${JSON.stringify(findings, undefined, 2)}\n` : describeFindings(findings));
  return works ? EXIT.done : EXIT.failed;
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
