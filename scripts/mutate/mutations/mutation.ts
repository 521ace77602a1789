/** What a mutation is, and the checks by which it is caught. */
import type { Check } from '../checks.ts';
import type { Edit } from '../sandbox.ts';

/** One way to break the code. */
export interface Mutation extends Edit {
  readonly name: string;
  readonly caughtBy: Check;
}

/** The golden runs, on the reference backend. */
export const GOLDEN: Check = { kind: 'golden', name: 'golden runs', engine: 'reference:cpu' };

/** The checks that are files of tests of a package, by name and file. */
export function testsOf(folder: string, project: 'unit' | 'parity'): (name: string, file: string) => Check {
  return (name, file) => ({ kind: 'tests', name, project, file: `${folder}/test/${project}/${file}` });
}
