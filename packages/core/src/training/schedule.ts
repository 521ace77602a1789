/**
 * Learning rates over a run: pure functions of the epoch, and for `plateau` a pure reducer whose state goes into the
 * checkpoint, so that resuming cannot reset a schedule.
 */

/** How the learning rate changes from epoch to epoch; the paper keeps it for 100 epochs and lets it fall to 0 over 100 more (section 4). */
export type Schedule =
  | { readonly kind: 'constant' }
  /** Constant for `epochs`, then linear to 0 over `decayEpochs`. */
  | { readonly kind: 'linear'; readonly epochs: number; readonly decayEpochs: number }
  /** A tenth after every `every` epochs. */
  | { readonly kind: 'step'; readonly every: number }
  /** Half a cosine from 1 to 0 over `epochs`. */
  | { readonly kind: 'cosine'; readonly epochs: number }
  /** A fifth whenever the generators' loss has not fallen by 1% for more than `patience` epochs. */
  | { readonly kind: 'plateau'; readonly patience: number };

/** The paper's schedule. */
export const PAPER_SCHEDULE: Schedule = { kind: 'linear', epochs: 100, decayEpochs: 100 };

/** Factor on the base learning rate in 0-based `epoch`; for `plateau` its state decides, see reducePlateau. */
export function learningRateFactor(schedule: Schedule, epoch: number): number {
  switch (schedule.kind) {
    case 'constant':
    case 'plateau':
      return 1;
    case 'linear':
      return Math.max(0, 1 - Math.max(0, epoch + 1 - schedule.epochs) / (schedule.decayEpochs + 1));
    case 'step':
      return 0.1 ** Math.floor(epoch / schedule.every);
    case 'cosine':
      return (1 + Math.cos((Math.PI * Math.min(epoch, schedule.epochs)) / schedule.epochs)) / 2;
  }
}

/** What `plateau` remembers: the factor in force, the best epoch mean so far, epochs without improvement, and the epoch under way. */
export interface PlateauState {
  readonly factor: number;
  readonly best: number | null;
  readonly badEpochs: number;
  readonly sum: number;
  readonly count: number;
}

/** The state before the first step. */
export const PLATEAU_START: PlateauState = { factor: 1, best: null, badEpochs: 0, sum: 0, count: 0 };

const PLATEAU_FACTOR = 0.2;
const PLATEAU_THRESHOLD = 0.01;

/** The state after one more step's loss. */
export function addToPlateau(state: PlateauState, loss: number): PlateauState {
  return { ...state, sum: state.sum + loss, count: state.count + 1 };
}

/** The state after an epoch has ended, its mean loss compared with the best so far. */
export function endPlateauEpoch(state: PlateauState, patience: number): PlateauState {
  const mean = state.sum / Math.max(1, state.count);
  const next = { ...state, sum: 0, count: 0 };
  if (state.best === null || mean < state.best * (1 - PLATEAU_THRESHOLD)) return { ...next, best: mean, badEpochs: 0 };
  if (state.badEpochs < patience) return { ...next, badEpochs: state.badEpochs + 1 };
  return { ...next, factor: state.factor * PLATEAU_FACTOR, badEpochs: 0 };
}
