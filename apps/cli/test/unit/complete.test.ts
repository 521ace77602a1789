/** What is offered for an unfinished call follows from the commands of the program. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { complete } from '../../src/completion/complete.ts';
import { answer, wordsBeforeCursor } from '../../src/completion/shells.ts';
import { createProgram } from '../../src/program.ts';

let runs: string;

beforeAll(async () => {
  runs = await mkdtemp(join(tmpdir(), 'cyclegan-complete-'));
  for (const name of ['first', 'second', '.new-1']) await mkdir(join(runs, name));
  await writeFile(join(runs, 'notes.txt'), '');
});

afterAll(() => rm(runs, { recursive: true, force: true }));

async function offered(line: string): Promise<readonly string[] | 'files'> {
  const completion = await complete(
    createProgram(() => {}),
    line.split(' '),
  );
  return completion === 'files' ? completion : completion.map(({ word }) => word);
}

describe('complete', () => {
  it.each([
    ['tr', ['train', 'translate', 'train-fcn']],
    ['completion-', []],
    ['--vers', ['--version']],
    ['train --pres', ['--preset']],
    ['train --preset m', ['maps', 'monet2photo']],
    ['train --preset=map', ['--preset=maps']],
    ['train --device ', ['cpu', 'cuda', 'webgpu', 'coreml', 'dml', 'wasm', 'node', 'node-gpu']],
    ['train --backend tfjs --device ', ['wasm', 'cpu', 'node', 'node-gpu', 'webgpu']],
    ['train --backend=reference --device=', ['--device=cpu']],
    ['train --backend auto --device ', []],
    ['train --backend ', ['onnx', 'tfjs', 'webgpu', 'reference', 'auto']],
    ['train --channels ', ['1', '3', '4']],
    ['train --bit-depth 1', ['16']],
    ['train --ngf ', []],
    ['train --no-fl', ['--no-flip']],
    ['train --no-flip --no-fl', []],
    ['train --batch_', []],
    ['translate --format ', ['png', 'jpg', 'webp', 'tiff']],
    ['translate photo.jpg --direction B', ['BtoA']],
    ['export --format p', ['pth']],
    ['download ma', ['maps']],
    ['download maps ', []],
    ['completion f', ['fish']],
    ['help', ['help']],
    ['nonsense --x', []],
  ])('offers for "%s" %j', async (line, words) => {
    expect(await offered(line)).toEqual(words);
  });

  it.each(['translate ', 'translate a.jpg b', 'train --data ', 'train --config=x', 'translate -', 'import a.pth '])(
    'leaves files to the shell after "%s"',
    async (line) => {
      expect(await offered(line)).toBe('files');
    },
  );

  it('offers the runs there are', async () => {
    expect(await offered(`translate --runs ${runs} --run `)).toEqual(['first', 'second']);
    expect(await offered(`train --runs-dir=${runs} --resume --name f`)).toEqual(['first']);
    expect(await offered(`train --runs ${runs} --init-from s`)).toEqual(['second']);
    expect(await offered(`translate --runs ${runs} --run models/x`)).toBe('files');
    expect(await offered(`train --runs ${runs} --name new`)).toEqual([]);
  });
});

describe('shells', () => {
  const suggestion = [{ word: '--preset=maps', about: 'a: b' }];

  it('takes the words before the cursor', () => {
    const words = ['cyclegan', 'train', '--size', '=', '64', '', 'later'];
    expect(wordsBeforeCursor(words, { SHELL: 'bash', COMP_CWORD: '4' })).toEqual(['train', '--size=64']);
    expect(wordsBeforeCursor(words, { SHELL: '/bin/zsh', COMP_CWORD: '5' })).toEqual(['train', '--size=64', '']);
    expect(wordsBeforeCursor([], { SHELL: 'fish', COMP_LINE: 'cyclegan train --si later', COMP_POINT: '19' })).toEqual(['train', '--si']);
  });

  it('answers as each shell wants it', () => {
    expect(answer(suggestion, '--preset=m', { SHELL: 'bash' })).toEqual(['maps']);
    expect(answer(suggestion, '--preset=m', { SHELL: 'zsh' })).toEqual(['--preset=maps:a\\: b']);
    expect(answer(suggestion, '--preset=m', { SHELL: 'fish' })).toEqual(['--preset=maps\ta: b']);
    expect(answer('files', '', { SHELL: 'bash' })).toEqual([]);
    expect(answer('files', '', { SHELL: 'zsh' })).toEqual(['__tabtab_complete_files__']);
  });
});
