import { describe, expect, it } from 'vitest';
import {
  addToPlateau,
  endPlateauEpoch,
  learningRateFactor,
  PAPER_SCHEDULE,
  PLATEAU_START,
  type PlateauState,
  type Schedule,
} from '../../../src/training/schedule.ts';

describe('learningRateFactor', () => {
  it.each([
    [PAPER_SCHEDULE, 0, 1],
    [PAPER_SCHEDULE, 99, 1],
    [PAPER_SCHEDULE, 100, 100 / 101],
    [PAPER_SCHEDULE, 150, 50 / 101],
    [PAPER_SCHEDULE, 199, 1 / 101],
    [PAPER_SCHEDULE, 200, 0],
    [PAPER_SCHEDULE, 500, 0],
    [{ kind: 'linear', epochs: 2, decayEpochs: 3 }, 3, 0.5],
    [{ kind: 'linear', epochs: 0, decayEpochs: 1 }, 0, 0.5],
    [{ kind: 'constant' }, 1e6, 1],
    [{ kind: 'step', every: 50 }, 49, 1],
    [{ kind: 'step', every: 50 }, 50, 0.1],
    [{ kind: 'step', every: 50 }, 149, 0.01],
    [{ kind: 'cosine', epochs: 100 }, 0, 1],
    [{ kind: 'cosine', epochs: 6 }, 2, 0.75],
    [{ kind: 'cosine', epochs: 100 }, 50, 0.5],
    [{ kind: 'cosine', epochs: 100 }, 100, 0],
    [{ kind: 'cosine', epochs: 100 }, 130, 0],
    [{ kind: 'plateau', patience: 5 }, 70, 1],
  ] as readonly (readonly [Schedule, number, number])[])('%j in epoch %d is %d', (schedule, epoch, factor) => {
    expect(learningRateFactor(schedule, epoch)).toBeCloseTo(factor, 15);
  });
});

describe('plateau', () => {
  const PATIENCE = 2;
  const after = (...means: readonly number[]): PlateauState =>
    means.reduce((state, mean) => endPlateauEpoch(addToPlateau(state, mean), PATIENCE), PLATEAU_START);

  it('compares means of epochs', () => {
    const state = endPlateauEpoch(addToPlateau(addToPlateau(addToPlateau(PLATEAU_START, 3), 4), 8), PATIENCE);
    expect(state).toEqual({ factor: 1, best: 5, badEpochs: 0, sum: 0, count: 0 });
  });

  it('waits while the loss falls by more than 1%', () => {
    expect(after(100, 98.9, 97.8)).toMatchObject({ factor: 1, best: 97.8, badEpochs: 0 });
  });

  it('counts epochs that fall by less', () => {
    expect(after(100, 99)).toMatchObject({ factor: 1, best: 100, badEpochs: 1 });
    expect(after(100, 99.5, 99.2)).toMatchObject({ factor: 1, best: 100, badEpochs: 2 });
  });

  it('takes a fifth after more than `patience` of them, and again', () => {
    expect(after(100, 100, 100, 100)).toMatchObject({ factor: 0.2, best: 100, badEpochs: 0 });
    expect(after(100, 100, 100, 100, 100, 100).factor).toBe(0.2);
    expect(after(100, 100, 100, 100, 100, 100, 100).factor).toBeCloseTo(0.04, 15);
  });

  it('starts to count anew after an improvement', () => {
    expect(after(100, 100, 100, 50, 50)).toMatchObject({ factor: 1, best: 50, badEpochs: 1 });
  });

  it('keeps its state through JSON', () => {
    const state = addToPlateau(after(100, 0.1 + 0.2, 1 / 3), 2 / 3);
    expect(JSON.parse(JSON.stringify(state))).toEqual(state);
    expect(JSON.parse(JSON.stringify(PLATEAU_START))).toEqual(PLATEAU_START);
  });
});
