/** Calls that cannot work: one message that says what was expected, an exit status, and nothing left behind. */
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { run, TINY, temporaryFolder, workFolder } from './program.ts';

const COMMANDS = [
  'train',
  'translate',
  'eval',
  'study',
  'ablate',
  'train-fcn',
  'export',
  'import',
  'synth',
  'download',
  'demo',
  'doctor',
  'completion',
];

let folder: string;

beforeAll(async () => {
  folder = await workFolder({ keep: true });
  await run(folder, ['train', '--data', 'data', '--name', 'taken', ...TINY, '--backend', 'reference', '--max-steps', '1']);
});

afterAll(() => rm(folder, { recursive: true, force: true }));

/** Runs a command line, which must end with this status and one message. */
async function fails(line: string, status: number, message: string | RegExp): Promise<void> {
  const { code, stderr } = await run(folder, line.split(' '));
  expect(stderr).toMatch(message);
  expect(stderr).not.toContain('    at ');
  expect(code).toBe(status);
}

describe.concurrent('usage errors', () => {
  it.each([
    ['train --data data', /required option '--name <run>'/],
    ['train --name x', '--data is missing'],
    ['train --data data --name a/b', 'expected letters, digits'],
    ['train --data data --name x --ngf 0', "'--ngf <filters>' argument '0' is invalid. Expected a whole number of at least 1"],
    ['train --data data --name x --ngf 1.5', 'Expected a whole number'],
    ['train --data data --name x --lr fast', 'Expected a number above 0'],
    ['train --data data --name x --beta1 1', 'from 0 to below 1'],
    ['train --data data --name x --gan-mode gan', 'Expected one of lsgan, vanilla, wgangp'],
    ['train --data data --name x --channels 2', 'Expected one of 1, 3, 4'],
    ['train --data data --name x --channels-a 1', '--lambda-identity 0.5: the identity loss needs .* got 1 and 3'],
    ['train --data data --name x --size 18', '--height 18: this generator .* multiple of 4'],
    ['train --data data --name x --size 24 --generator unet --levels 4', 'multiple of 16 .* or --levels'],
    ['train --data data --name x --size 16 --disc-layers 3', '--disc-layers 3: this discriminator needs pictures of at least 24 x 24'],
    ['train --data data --name x --size 32 --load-size 24', 'a load size of at least 32'],
    ['train --data data --name x --epochs 0 --decay-epochs 0', 'nothing to train'],
    [
      'train --data data --name x --backend reference --device cuda',
      'the reference backend does not have it, it runs on cpu; use --backend onnx\\.',
    ],
    ['train --data data --name x --device wasm', 'runs on cpu, cuda, webgpu, coreml, dml; use --backend tfjs\\.'],
    ['train --data data --name x --backend tfjs --threads 3', 'tfjs on wasm has one thread only; leave --threads out'],
    ['train --data data --name x --backend auto --device cpu', '--backend auto chooses the device as well'],
    ['train --name taken --resume --ngf 3 --size 32', /other settings: --height 32 \(it has 16\), --width 32 .*, --ngf 3 \(it has 2\)/],
    ['train --name taken --resume --nonsense', "unknown option '--nonsense'"],
    ['translate x.png --run taken --out out --direction BtoB', 'Expected one of AtoB, BtoA; did you mean .(AtoB|BtoA)'],
    ['translate x.png --run taken --out data/trainA/0.png', 'expected a folder, got a file'],
    ['translate x.png --run taken --out zebra.JPG', 'expected a folder, got the name of a picture'],
    ['translate  --run taken --out out', 'one of the arguments is empty'],
    ['synth --count 1 --size 16 --out ', "option '--out <folder>' is empty: give it a value, or leave it out"],
    ['train --name x --data ', "option '--data <folder>' is empty"],
    ['translate --run taken --out out', 'nothing to translate; name pictures, folders or patterns'],
    ['train data --name x', "'data' belongs to no option: .* as in --data data"],
    ['export x --run taken', "'x' belongs to no option"],
    ['tarin --data data --name x', /unknown command 'tarin'\n.Did you mean train/],
    ['train --datta data --name x', /unknown option '--datta'\n.Did you mean --data/],
    ['train --data data --name x --preset mpas', "did you mean 'maps'?"],
    ['train --data data --name x --device cdua', "did you mean 'cuda'?"],
    ['train --data data --name x --device gpu', 'Expected the kind of GPU: cuda for NVIDIA, [^;]*$'],
    ['train --data data --name x --norm instnace', "Expected one of instance, batch, none; did you mean 'instance'?"],
    ['translate x.png --run taken --out out --format jpeg', "did you mean 'jpg'?"],
    ['export --run taken --format onxn', "did you mean 'onnx'?"],
    ['download horse', "there is no data set 'horse'; did you mean 'horse2zebra'?"],
    ['completion bsh', 'Allowed choices are bash, zsh, fish, powershell'],
  ])('%s', (line, message) => fails(line, 2, new RegExp(message)));
});

describe.concurrent('failures', () => {
  it.each([
    ['train --data nowhere --name x', 'nowhere: the folder does not exist'],
    ['train --data empty --name x', 'trainA: no pictures found'],
    ['train --data data --name taken', /'taken' exists already .* --resume, choose another --name, or delete/],
    ['train --name nothing --resume', "there is no run 'nothing' to resume"],
    ['train --name takne --resume', "there is no run 'takne' to resume .*; did you mean 'taken'?"],
    ['translate x.png --out out --run takn', "there is no run 'takn'; did you mean 'taken'?"],
    ['train --data data --name x --init-from tkaen', "there is no run 'tkaen'; did you mean 'taken'?"],
    ['translate x.png --out out --run taken --runs-dir elsewhere', 'Looked for the folders elsewhere.taken'],
    ['translate x.png --out out --run taken --runs elsewhere', 'Looked for the folders elsewhere.taken'],
    [
      'train --data data --name x --size 16 --disc-layers 1 --ngf 1 --ndf 1 --blocks 1 --runs data/trainA/0.png',
      '0.png.x cannot be written: something else has a name on the way',
    ],
  ])('%s', async (line, message) => {
    await mkdir(join(folder, 'empty', 'trainA'), { recursive: true });
    await fails(line, 1, new RegExp(message));
  });
});

it('leaves no run behind when it cannot start', async () => {
  expect(await readdir(join(folder, 'runs'))).toEqual(['taken']);
});

it('says in one line what is wrong with config.json', async () => {
  const work = await temporaryFolder();
  await mkdir(join(work, 'runs', 'damaged'), { recursive: true });
  const damaged = (text: string) => writeFile(join(work, 'runs', 'damaged', 'config.json'), text);
  const resume = () => run(work, 'train --name damaged --resume'.split(' '));
  const config = await readFile(join(folder, 'runs', 'taken', 'config.json'), 'utf8');
  await damaged(config.replace('"ngf": 2', '"ngf": "x"').replace('"seed"', '"sed"'));
  const { code, stderr } = await resume();
  expect(code).toBe(1);
  expect(stderr).toMatch(/^error: .*settings\.ngf: Expected a whole number.*"sed".*Undo what was changed in it.*\n$/);
  await damaged('{');
  expect((await resume()).stderr).toMatch(/^error: .*config\.json is not as expected \(the file: it is not JSON\)\. .*\n$/);
});

it('does nothing for a run that is done', async () => {
  const { code, stdout } = await run(folder, 'train --name taken --resume --max-steps 1'.split(' '));
  expect(code).toBe(0);
  expect(stdout).toContain('nothing to do');
});

it('tells its version', async () => {
  const { code, stdout } = await run(folder, ['--version']);
  expect({ code, stdout: stdout.trim() }).toEqual({ code: 0, stdout: '0.1.0' });
});

it('teaches by its help', async () => {
  const elsewhere = await temporaryFolder();
  for (const command of [[], ...COMMANDS.map((name) => [name])]) {
    const { code, stdout, stderr } = await run(elsewhere, [...command, '--help']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain('Examples:');
    expect(stdout).toContain('Exit status: 0');
    expect(stdout.split('\n').filter((line) => line.length > 80)).toEqual([]);
  }
});

it('groups the options of train by what they decide', async () => {
  const { stdout } = await run(await temporaryFolder(), ['train', '--help']);
  const groups = stdout
    .split(/^(?=\S.*:$)/m)
    .map((text) => [text.split(':')[0], text.match(/^ {2}--[\w-]+/gm)?.map((flag) => flag.trim())]);
  expect(Object.fromEntries(groups)).toMatchObject({
    Run: expect.arrayContaining(['--name', '--resume', '--init-from', '--print-config', '--runs']),
    Data: expect.arrayContaining(['--data', '--size', '--no-flip', '--cache-mb']),
    Model: expect.arrayContaining(['--generator', '--ngf', '--disc-layers']),
    Losses: expect.arrayContaining(['--gan-mode', '--lambda-a', '--pool-size']),
    'Optimiser and schedule': expect.arrayContaining(['--lr', '--epochs', '--batch-size']),
    'How it is told': ['--logger', '--log', '--profile'],
    'What is saved': expect.arrayContaining(['--sample-every', '--keep']),
    'What to compute on': ['--backend', '--device', '--threads', '--memory', '--precision'],
  });
});
