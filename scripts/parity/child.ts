/** The process of one engine: an assignment comes in as a message, and what came of it goes out as others. */
import { type Backend, DeviceError } from '@cyclegan/core';
import { type Engine, engineOf, SOFTWARE } from './engines.ts';
import { runGoldens } from './golden-runs.ts';
import { runOpCases } from './op-cases.ts';
import type { Assignment, Message, Progress, Section, SectionResult } from './protocol.ts';
import { resumeOn, trainOn } from './training.ts';

process.once('message', async (assignment: Assignment) => {
  await carryOut(assignment).catch(tellFailure);
  // engines may leave threads behind that would keep the process
  process.send?.({ kind: 'end' } satisfies Message, () => process.exit());
});

async function carryOut(assignment: Assignment): Promise<void> {
  const engine = engineOf(assignment.engine);
  const backend = await engine.create();
  const { composites, composed = [] } = backend.capabilities;
  tell({ kind: 'ready', description: backend.device.description, composites, composed });
  try {
    for (const section of assignment.sections) {
      const progress: Progress = (done, total) => tell({ kind: 'progress', section, done, total });
      tell({ kind: 'result', result: await carryOutSection(section, { assignment, engine, backend }, progress) });
    }
  } finally {
    await backend.dispose();
  }
}

interface Context {
  readonly assignment: Assignment;
  readonly engine: Engine;
  readonly backend: Backend;
}

function carryOutSection(section: Section, context: Context, progress: Progress): Promise<SectionResult> {
  const { assignment, engine, backend } = context;
  const { folder, resumes = engine.name, caseText, goldenText, goldenFolders } = assignment;
  switch (section) {
    case 'training':
      return trainOn(engine, backend, folder, progress);
    case 'checkpoint':
      return resumeOn(backend, { folder, from: resumes }, progress);
    case 'ops':
      return runOpCases(engine, backend, { text: caseText, timed: assignment.timed }, progress);
    case 'golden':
      return runGoldens(
        engine,
        backend,
        { folders: goldenFolders, text: goldenText, shared: folder, steps: goldenSteps(context) },
        progress,
      );
  }
}

/** Steps after which golden runs stop; undefined for all. */
function goldenSteps({ assignment, engine, backend }: Context): number | undefined {
  if (assignment.full) return undefined;
  const software = assignment.software || backend.device.description.includes(SOFTWARE);
  return engine.slow === 'always' || (software && engine.slow === 'in software') ? 1 : undefined;
}

function tellFailure(error: unknown): void {
  if (error instanceof DeviceError) tell({ kind: 'absent', reason: error.reason.replace(/\.$/, ''), remedy: error.remedy });
  else tell({ kind: 'failed', reason: error instanceof Error ? (error.stack ?? error.message) : String(error) });
}

function tell(message: Message): void {
  process.send?.(message);
}
