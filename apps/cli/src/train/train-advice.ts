/** What to do about a training run that failed for want of memory, or whose losses or gradients are no longer numbers. Knows errors, and no files. */
import { RunError } from '../errors.ts';

/** How engines and JavaScript say that an allocation failed. */
const NO_MEMORY = /bad_alloc|failed to allocate memory|array buffer allocation failed|invalid typed array length/i;

/** The error, with the remedy where it was for want of memory. */
export function withRemedy(error: unknown): unknown {
  if (!(error instanceof Error) || !NO_MEMORY.test(error.message)) return error;
  return new RunError(
    `out of memory: the model or its pictures are too large for this machine. Give --memory low, also to go on with --resume; or start a run with a smaller --size, --ngf or batch size. (${error.message.trim()})`,
    { cause: error },
  );
}

/** How to go on from a saved step after an error; `continuation` is the command that resumes. */
export function goOnAfter(error: unknown, continuation: string): string {
  if (error instanceof Error && error.name === 'TrainingDiverged')
    return 'It is from before the losses were lost, but resuming repeats the same steps: start a new run with a lower --lr, unless pictures were to blame.';
  if (error instanceof Error && error.name === 'PrecisionExhausted')
    return 'A run keeps its precision: start a new one in f32 from these weights, with --init-from.';
  return `When the cause is mended, go on with: ${continuation}`;
}
