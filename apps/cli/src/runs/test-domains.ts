/** The test pictures of a data set by the sides of a run, which are the other way round when it was trained with `--direction BtoA`. */
import { type Domains, findDomains } from '@cyclegan/data';
import type { RunWeights } from './run-weights.ts';

/** Whether a run's A is the second folder of its data set. */
export function isSwapped({ settings }: Pick<RunWeights, 'settings'>): boolean {
  return settings?.direction === 'BtoA';
}

/** Throws DataSetError when there are none. */
export async function findTestDomains(data: string, run: Pick<RunWeights, 'settings'>): Promise<Domains> {
  const { A, B } = await findDomains(data, 'test');
  return isSwapped(run) ? { A: B, B: A } : { A, B };
}
