/** What a run takes, told to both logs alike: with its pictures, beside what there is. */
import { hasOwnMemory } from '../backends.ts';
import { machineMemory } from '../estimate/machine-memory.ts';
import { memoryAdvice, type RunEstimate, withPictures } from '../estimate/run-estimate.ts';
import { pictureBytes } from '../estimate/step-estimate.ts';
import { warn } from '../terminal/messages.ts';
import type { Run } from './run.ts';

/** What a run takes, and of what: of the memory of the machine, or of the device of this name. */
export interface ToldEstimate {
  readonly estimate: RunEstimate;
  readonly place: Parameters<typeof memoryAdvice>[1];
}

/** Adds decoded pictures to the memory of steps, where they share it. */
export function withPicturesOf({ execution, settings, dataset }: Run, ofSteps: RunEstimate): ToldEstimate {
  const { device, cacheMb } = execution;
  if (hasOwnMemory(device)) return { estimate: ofSteps, place: device };
  const pictures = pictureBytes(settings, [dataset.A.pictures, dataset.B.pictures], cacheMb);
  return { estimate: withPictures(ofSteps, pictures), place: machineMemory() };
}

/** Warns when the memory will not do. */
export function warnOfMemory({ estimate, place }: ToldEstimate): void {
  const advice = memoryAdvice(estimate, place);
  if (advice !== undefined) warn(advice);
}
