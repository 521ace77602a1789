/**
 * Evaluations of a run while it is trained: the checkpoints of some steps are measured, what came out is written down, and the best one is kept. Knows which steps and
 * what file; how pictures are measured is the evaluation's affair.
 */
import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { readOr } from '../disk.ts';
import { describeError, UsageError } from '../errors.ts';
import { DEFAULT_JUDGEMENT } from '../evaluate/judgement-options.ts';
import type { Metric } from '../evaluate/metric-names.ts';
import { evaluate } from '../evaluate/metrics.ts';
import { openSources } from '../evaluate/sources.ts';
import { writeFileAtomic } from '../files.ts';
import type { Execution, RunFolder } from '../runs/run-folder.ts';
import { wholeNumber } from '../settings/settings.ts';
import { warn } from '../terminal/messages.ts';
import type { RunEvaluation } from './observer.ts';

const lineSchema = z.object({
  step: wholeNumber(0),
  figures: z.array(z.object({ name: z.string(), better: z.enum(['higher', 'lower']), value: z.number(), digits: z.int() })).min(1),
});

type Line = z.output<typeof lineSchema>;

/** How a run is evaluated while it is trained. */
export interface EvaluationPlan {
  readonly every: number;
  readonly metrics: readonly Metric[];
}

/** Options that metrics cannot do without. */
const NEEDED: Readonly<Partial<Record<Metric, readonly ('features' | 'target')[]>>> = {
  fid: ['features'],
  kid: ['features'],
  'precision-recall': ['features'],
  'class-change': ['features', 'target'],
};

/** What an execution says of it, undefined for nothing; throws UsageError for what cannot work. */
export function evaluationPlan(execution: Partial<Execution>): EvaluationPlan | undefined {
  const { evalEvery, eval: metrics, checkpointEvery, data } = execution;
  if (evalEvery === undefined && metrics === undefined) return undefined;
  if (evalEvery === undefined || metrics === undefined)
    throw new UsageError('--eval-every STEPS and --eval METRICS go together: give both, or neither.');
  if (data === undefined) throw new UsageError('--eval needs test pictures: give the data set by --data, with testA and testB in it.');
  if (checkpointEvery === undefined || checkpointEvery === 0 || evalEvery % checkpointEvery !== 0)
    throw new UsageError(
      `--eval-every ${evalEvery}: checkpoints are what is evaluated, so it has to be a multiple of --checkpoint-every, which is ${checkpointEvery ?? 0}.`,
    );
  for (const metric of metrics) {
    const missing = NEEDED[metric]?.find((name) => execution[name] === undefined);
    if (missing !== undefined) throw new UsageError(`--eval ${metric} needs --${missing}; see cyclegan eval --help.`);
  }
  return { every: evalEvery, metrics };
}

/** Evaluates the checkpoints of a run. */
export class RunEvaluations {
  readonly #path: string;
  readonly #execution: Execution;
  readonly #plan: EvaluationPlan;
  #lines: Line[] = [];

  constructor(folder: RunFolder, execution: Execution, plan: EvaluationPlan) {
    this.#path = folder.file('evaluations.jsonl');
    this.#execution = execution;
    this.#plan = plan;
  }

  /** Takes up what was written of the steps up to `step`. */
  async begin(step: number): Promise<void> {
    const text = await readOr(this.#path, '', () => readFile(this.#path, 'utf8'));
    const lines = text.split('\n').flatMap((line) => lineSchema.safeParse(parsed(line)).data ?? []);
    this.#lines = lines.filter((line) => line.step <= step);
  }

  /** All evaluations so far, in order. */
  get all(): readonly RunEvaluation[] {
    return this.#lines.map((line) => ({ ...line, best: line.step === this.#best?.step }));
  }

  /** Whether a checkpoint is the best so far. */
  keeps(step: number): boolean {
    return step === this.#best?.step;
  }

  /** Evaluates a checkpoint if its step is one of those; what cannot be measured is told, and training goes on. */
  async evaluate(step: number, path: string): Promise<RunEvaluation | undefined> {
    if (step === 0 || step % this.#plan.every !== 0) return undefined;
    try {
      const figures = await this.#figuresOf(path);
      this.#lines = [...this.#lines.filter((line) => line.step < step), { step, figures }];
      const text = this.#lines.map((line) => `${JSON.stringify(line)}\n`).join('');
      await writeFileAtomic(this.#path, [Buffer.from(text)]);
    } catch (error) {
      warn(`step ${step} could not be evaluated: ${describeError(error)} Training goes on.`);
      return undefined;
    }
    return this.all.at(-1);
  }

  async #figuresOf(path: string): Promise<Line['figures']> {
    const { backend, device, threads, data, fcn, features, palette, target } = this.#execution;
    const given = { threads, data, fcn, features, palette, target };
    const known = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
    const options = { ...DEFAULT_JUDGEMENT, ...known, backend, device, run: path, runsDir: '' };
    const sources = await openSources(options);
    try {
      const figures: Line['figures'] = [];
      for (const metric of this.#plan.metrics) {
        const outcome = await evaluate(metric, { sources, options, advance: () => undefined });
        const several = this.#plan.metrics.length > 1;
        for (const { name, better, digits, value } of outcome.figures)
          if (Number.isFinite(value)) figures.push({ name: several ? `${metric}: ${name}` : name, better, digits, value });
      }
      return figures;
    } finally {
      await sources.dispose();
    }
  }

  /** By the first figure of the first metric; of equals the first. */
  get #best(): Line | undefined {
    const scored = this.#lines.map((line) => ({ line, score: scoreOf(line) }));
    return scored.reduce<(typeof scored)[number] | undefined>(
      (best, each) => (best === undefined || each.score > best.score ? each : best),
      undefined,
    )?.line;
  }
}

function scoreOf({ figures: [first] }: Line): number {
  return first === undefined ? Number.NEGATIVE_INFINITY : first.better === 'higher' ? first.value : -first.value;
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
