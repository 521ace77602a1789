/** A question helps only where it is near to what was typed. */
import { expect, it } from 'vitest';
import { didYouMean } from '../../src/suggest.ts';

it.each([
  ['frist', ['first', 'second'], 'first'],
  ['cdua', ['cpu', 'cuda'], 'cuda'],
  ['Maps', ['maps', 'facades'], 'maps'],
  ['horse', ['horse2zebra', 'maps'], 'horse2zebra'],
  ['horse2zebras', ['horse2zebra', 'apple2orange'], 'horse2zebra'],
])('takes %s of %j for %s', (word, names, meant) => {
  expect(didYouMean(word, names)).toBe(`; did you mean '${meant}'?`);
});

it.each([
  ['nothing', ['first', 'second']],
  ['x', ['y']],
  ['first', []],
  ['van', ['vangogh2photo', 'vancouver']],
])('does not guess at %s of %j', (word, names) => {
  expect(didYouMean(word, names)).toBe('');
});
