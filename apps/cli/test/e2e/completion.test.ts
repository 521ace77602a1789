/** The scripts of `cyclegan completion`, in a real shell. */
import { spawnSync } from 'node:child_process';
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { expect, it } from 'vitest';
import { PROGRAM, run, temporaryFolder } from './program.ts';

it.each([
  ['bash', 'complete -o default -F _cyclegan_completion cyclegan'],
  ['zsh', 'compdef _cyclegan_completion cyclegan'],
  ['fish', 'complete -f'],
  ['powershell', 'Register-ArgumentCompleter'],
])('prints a script for %s', async (shell, registers) => {
  const { code, stdout, stderr } = await run(await temporaryFolder(), ['completion', shell]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).toContain(registers);
});

it('names the shells when it is asked for another', async () => {
  const { code, stderr } = await run(await temporaryFolder(), ['completion', 'csh']);
  expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining('Allowed choices are bash, zsh, fish, powershell') });
});

it.skipIf(process.platform === 'win32')('completes in bash', async () => {
  const folder = await temporaryFolder();
  await mkdir(join(folder, 'runs', 'first'), { recursive: true });
  await symlink(PROGRAM, join(folder, 'cyclegan'));
  const reply = `COMPREPLY=(); _cyclegan_completion; echo "\${COMPREPLY[*]}"`;
  const words = ['train --pres', 'train --preset ma', 'translate --run ""', 'translate ph'];
  const asked = words.map((line) => `COMP_WORDS=(cyclegan ${line}); COMP_CWORD=$((\${#COMP_WORDS[@]} - 1)); ${reply}`);
  await writeFile(join(folder, 'ask.sh'), ['source <(cyclegan completion bash)', ...asked].join('\n'));
  const PATH = [folder, join(process.execPath, '..'), process.env.PATH].join(delimiter);
  const { stdout, stderr } = spawnSync('bash', ['--norc', 'ask.sh'], { cwd: folder, encoding: 'utf8', env: { ...process.env, PATH } });
  expect(stderr).toBe('');
  // nothing is said of files: bash completes them itself
  expect(stdout.split('\n')).toEqual(['--preset', 'maps', 'first', '', '']);
});
