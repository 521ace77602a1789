/** What terminals, files and environments allow. */
import { expect, it } from 'vitest';
import { canRewrite, showsColours } from '../../src/terminal/abilities.ts';

const TERMINAL = { isTTY: true, columns: 80, rows: 24 };
const FILE = { ...TERMINAL, isTTY: false };

it.each([
  ['a terminal', TERMINAL, { TERM: 'xterm' }, true],
  ['a terminal where CI says no', TERMINAL, { CI: 'false' }, true],
  ['a terminal that shows no colours', TERMINAL, { NO_COLOR: '1' }, true],
  ['a file', FILE, { TERM: 'xterm' }, false],
  ['a dumb terminal', TERMINAL, { TERM: 'dumb' }, false],
  ['continuous integration', TERMINAL, { CI: '1' }, false],
  ['no columns', { ...TERMINAL, columns: 0 }, {}, false],
  ['no rows', { ...TERMINAL, rows: 0 }, {}, false],
])('rewrites lines, or not, in %s', (_, stream, environment, expected) => {
  expect(canRewrite(stream, environment)).toBe(expected);
});

it.each([
  ['a terminal', TERMINAL, { TERM: 'xterm' }, true],
  ['a terminal with NO_COLOR', TERMINAL, { NO_COLOR: '1', FORCE_COLOR: '1' }, false],
  ['a terminal with an empty NO_COLOR', TERMINAL, { NO_COLOR: '' }, true],
  ['a dumb terminal', TERMINAL, { TERM: 'dumb' }, false],
  ['a terminal with FORCE_COLOR=0', TERMINAL, { FORCE_COLOR: '0' }, false],
  ['a file', FILE, {}, false],
  ['a file of continuous integration', FILE, { CI: 'true' }, false],
  ['a file with FORCE_COLOR', FILE, { FORCE_COLOR: '1' }, true],
])('colours, or not, in %s', (_, stream, environment, expected) => {
  expect(showsColours(stream, environment)).toBe(expected);
});
