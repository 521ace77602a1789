/** How golden runs judge a mutation. */
import { expect, it } from 'vitest';
import { outcomeOf } from '../../mutate/checks.ts';

const near = { rows: [{ passed: true }] };
const beyond = { rows: [{ passed: true }, { passed: false }] };
const refused = { rows: [], unsupported: 'other channels' };

it.each([
  ['all are near enough', [near, near], { result: 'passed', detail: '2 of 2 runs' }],
  ['one is beyond a bound', [near, beyond], { result: 'failed', detail: '1 of 2 runs' }],
  ['one is beyond a bound and another refused', [refused, beyond], { result: 'failed', detail: '1 of 2 runs' }],
  ['one is refused, and the others are near enough', [refused, near], undefined],
])('%s', (_, runs, outcome) => expect(outcomeOf(runs)).toEqual(outcome));
