/** How long each method of an ablation is trained: so many steps for all of them, written down so that an ablation goes on as it began. */
import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { type BackendChoice, createBackend } from '../backends.ts';
import { onDisk } from '../disk.ts';
import { RunError } from '../errors.ts';
import { estimateStep, secondsAStep } from '../estimate/step-estimate.ts';
import { kindOfPath, writeFileAtomic } from '../files.ts';
import { fillIn, type GivenSettings, modelOf, wholeNumber } from '../settings/settings.ts';

/** What was asked for: steps, or minutes that the whole model is likely to take here. */
export type BudgetRequest = { readonly steps: number } | { readonly minutes: number };

const budgetSchema = z.strictObject({
  format: z.literal('cyclegan-ablation'),
  formatVersion: z.literal(1),
  /** Of each method. */
  steps: wholeNumber(1),
  stepsPerEpoch: wholeNumber(1),
  minutes: z.number().positive().optional(),
});

/** How long each method is trained. */
export type Budget = z.output<typeof budgetSchema>;

/** What a budget follows from. */
export interface BudgetBasis {
  readonly request: BudgetRequest | undefined;
  readonly settings: GivenSettings;
  readonly stepsPerEpoch: number;
  readonly engine: BackendChoice;
}

/**
 * The budget of the ablation in a file; without one it is made of what was asked for, or of the epochs of the settings, and written. Throws RunError when the
 * file holds another one than was asked for.
 */
export async function settleBudget(path: string, basis: BudgetBasis): Promise<Budget> {
  const { request } = basis;
  if ((await kindOfPath(path)) !== 'file') {
    const made = { format: 'cyclegan-ablation', formatVersion: 1, ...(await budgetOf(basis)), stepsPerEpoch: basis.stepsPerEpoch } as const;
    await writeFileAtomic(path, [Buffer.from(`${JSON.stringify(made, undefined, 2)}\n`)]);
    return made;
  }
  const known = await readBudget(path);
  const other = request !== undefined && ('steps' in request ? request.steps !== known.steps : request.minutes !== known.minutes);
  if (other)
    throw new RunError(
      `${path}: this ablation has ${known.steps} steps a method${known.minutes === undefined ? '' : `, for ${known.minutes} minutes`}. Leave out --budget to go on with it, or choose another --name.`,
    );
  return known;
}

async function readBudget(path: string): Promise<Budget> {
  const text = await onDisk(path, 'read', () => readFile(path, 'utf8'));
  try {
    return budgetSchema.parse(JSON.parse(text));
  } catch (error) {
    throw new RunError(`${path} is not as expected; choose another --name, or delete that folder.`, { cause: error });
  }
}

async function budgetOf({ request, settings, stepsPerEpoch, engine }: BudgetBasis): Promise<Pick<Budget, 'steps' | 'minutes'>> {
  if (request === undefined) {
    const { epochs, decayEpochs } = fillIn(settings);
    return { steps: (epochs + decayEpochs) * stepsPerEpoch };
  }
  if ('steps' in request) return request;
  const { minutes } = request;
  const backend = await createBackend(engine);
  try {
    const seconds = await secondsAStep(backend, estimateStep(modelOf(fillIn(settings)), backend), 1);
    if (seconds === undefined) throw new RunError(`how long a step takes on ${backend.name} is not known; give --budget in steps.`);
    return { minutes, steps: Math.max(1, Math.round((minutes * 60) / seconds)) };
  } finally {
    await backend.dispose();
  }
}

/** A schedule that fits a budget: half of the epochs at full learning rate, half while it falls, as in the paper; unless settings say otherwise. */
export function scheduleFor({ steps, stepsPerEpoch }: Pick<Budget, 'steps' | 'stepsPerEpoch'>, given: GivenSettings): GivenSettings {
  if (given.epochs !== undefined || given.decayEpochs !== undefined) return {};
  const epochs = Math.ceil(steps / stepsPerEpoch);
  const decayEpochs = Math.floor(epochs / 2);
  return { epochs: epochs - decayEpochs, decayEpochs };
}
