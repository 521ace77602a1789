/** Commands that a user copies say the same to a shell. */
import { spawnSync } from 'node:child_process';
import { expect, it } from 'vitest';
import { shellWord } from '../../src/shell.ts';

it.each(['runs/first', 'Bilder/Zürich', '../a-b_c.png'])('leaves %s as it is', (word) => {
  expect(shellWord(word)).toBe(word);
});

it.runIf(process.platform !== 'win32').each(['two words', '$HOME', "it's `here`", 'a"b', '~', 'back\\slash', '*', 'a;b', ''])(
  'reaches a program as it was: %s',
  (word) => {
    expect(spawnSync('sh', ['-c', `printf %s ${shellWord(word)}`], { encoding: 'utf8' }).stdout).toBe(word);
  },
);

it('quotes for Windows', () => {
  expect(shellWord('C:\\My Pictures', 'win32')).toBe('"C:\\My Pictures"');
  expect(shellWord('C:\\Pictures', 'win32')).toBe('C:\\Pictures');
});
