import { BackendError, TrainingDiverged } from '@cyclegan/core';
import { expect, it } from 'vitest';
import { describeError, EXIT, exitStatusOf, RunError, UsageError } from '../../src/errors.ts';
import { packError, unpackError } from '../../src/train/train-protocol.ts';

/** An error as it arrives on the other side of a thread. */
const sent = (error: unknown) => unpackError(structuredClone(packError(error)));

it.each([
  new BackendError('device cuda: not there.'),
  new TrainingDiverged(2, 'loss', { ganAB: Number.NaN }),
  new UsageError('--device cuda: the reference backend runs on cpu only.'),
  new RunError('training was stopped.'),
  new TypeError('x is not a function'),
])('an error crosses threads with its name, message and stack: %s', (error) => {
  const arrived = sent(error);
  expect(arrived).toBeInstanceOf(Error);
  const { name, message, stack } = error;
  expect(arrived).toMatchObject({ name, message, stack });
  expect(describeError(arrived, '')).toBe(describeError(error, ''));
  expect(exitStatusOf(arrived)).toBe(exitStatusOf(error));
});

it('a mistake in the call stays one, and what is no error becomes one', () => {
  expect(exitStatusOf(sent(new UsageError('no')))).toBe(EXIT.usage);
  expect(sent('words')).toMatchObject({ name: 'Error', message: 'words' });
});
