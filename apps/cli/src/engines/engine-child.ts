/** The process in which an engine is tried: an engine comes in as a message, and what came of it goes out as one. */
import { DeviceError } from '@cyclegan/core';
import { describeError } from '../errors.ts';
import { type Failure, type TrialRequest, tryEngine } from './engine-trial.ts';

process.once('message', async (request: TrialRequest) => {
  const result = await tryEngine(request).catch(failureOf);
  // engines may leave threads behind that would keep the process
  process.send?.(result, () => process.exit());
});

function failureOf(error: unknown): Failure {
  return error instanceof DeviceError ? { reason: error.reason, remedy: error.remedy } : { reason: describeError(error, '') };
}
