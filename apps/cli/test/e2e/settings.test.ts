/** Settings as a user gives them: files, presets, habits from elsewhere, and contradictions, which leave nothing behind. */
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { run, TINY, workFolder, writePicture } from './program.ts';

let folder: string;

beforeAll(async () => {
  folder = await workFolder({ keep: true });
  await writeFile(join(folder, 'wrong.yaml'), 'lambda_identity: 1\nsise: 4\n');
  await writeFile(join(folder, 'tiny.yaml'), 'size: 16\nngf: 2\nndf: 2\nblocks: 1\ndiscLayers: 1\nseed: 5\n');
});

afterAll(() => rm(folder, { recursive: true, force: true }));

const configOf = async (name: string) => JSON.parse(await readFile(join(folder, 'runs', name, 'config.json'), 'utf8'));
const settingsOf = async (name: string) => (await configOf(name)).settings;
const executionOf = async (name: string) => (await configOf(name)).execution;

describe('refusals', () => {
  it.each([
    ['--n_epochs 3', "unknown option '--n_epochs': here it is --epochs."],
    ['--no_flip', "unknown option '--no_flip': here it is --no-flip."],
    ['--save_epoch_freq 5', "unknown option '--save_epoch_freq': here it is --keep-every-epochs."],
    ['--display_id -1', "unknown option '--display_id': pictures are PNG files in samples/"],
    ['--continue_train', "unknown option '--continue_train': here it is --resume."],
    ['--lamda-a 3', '(Did you mean --lambda-a?)'],
    ['--generator unet --blocks 6', '--blocks has no effect here, it belongs to --generator resnet'],
    ['--decay-every 6', '--decay-every has no effect here, it belongs to --lr-policy step'],
    ['--preset mapps', 'Expected one of maps, cityscapes'],
    ['--config nowhere.yaml', '--config nowhere.yaml: there is no such file.'],
    [
      '--config wrong.yaml',
      "there is no setting 'lambda_identity'; here it is lambdaIdentity. there is no setting 'sise'; did you mean size?",
    ],
    ['--data-a data/trainA', '--data and --data-a or --data-b contradict each other'],
    ['--resume --preset maps', '--preset and --config are for new runs'],
  ])('%s', async (line, message) => {
    const { code, stderr } = await run(folder, ['train', '--data', 'data', '--name', 'refused', ...line.split(' ')]);
    expect(stderr).toContain(message);
    expect(code).toBe(2);
    expect(await readdir(folder)).not.toContain('runs');
  });
});

describe('--print-config', () => {
  it('prints what --config reads back to the same run, and touches nothing', async () => {
    const lines = ['--preset monet2photo --config tiny.yaml --no-flip', '--config printed.yaml'];
    const outputs: string[] = [];
    for (const line of lines) {
      const { code, stdout, stderr } = await run(folder, `train --print-config ${line}`.split(' '));
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      await writeFile(join(folder, 'printed.yaml'), stdout);
      outputs.push(stdout);
    }
    expect(outputs[1]).toBe(outputs[0]);
    expect(outputs[0]).toMatch(/^height: 16$/m);
    expect(outputs[0]).toMatch(/^flip: false$/m);
    expect(await readdir(folder)).not.toContain('runs');
  });

  it('asks for pictures where they decide the size alone, and for no run', async () => {
    const print = (line: string) => run(folder, `train --print-config ${TINY.join(' ')} ${line}`.split(' '));
    expect((await print('--preprocess none')).stderr).toContain('--data is missing');
    expect((await print('--preprocess none --data data')).stdout).toMatch(/^width: 20$/m);
    expect(await print('--resume --name some')).toMatchObject({ code: 2, stderr: expect.stringContaining('in its config.json') });
  });
});

it('says which pictures are too small for the crops of a preset', async () => {
  const { code, stderr } = await run(folder, 'train --data data --name small --preset monet2photo'.split(' '));
  expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining('20x18 is too small for crops of 256x256') });
  expect(await readdir(folder)).not.toContain('runs');
});

describe('settings', () => {
  it('come from preset, file and options, and from the run they made', async () => {
    const first = 'train --data data --name first --preset monet2photo --config tiny.yaml --seed 6 --max-steps 1'.split(' ');
    expect(await run(folder, first)).toMatchObject({ code: 0 });
    const settings = await settingsOf('first');
    expect(settings).toMatchObject({ height: 16, preprocess: 'crop', lambdaIdentity: 0.5, ngf: 2, seed: 6 });
    const second = 'train --data data --name second --config runs/first/config.json --max-steps 1'.split(' ');
    expect(await run(folder, second)).toMatchObject({ code: 0 });
    expect(await settingsOf('second')).toEqual(settings);
    expect(await readFile(join(folder, 'runs/second/samples/step-000001.png'))).toEqual(
      await readFile(join(folder, 'runs/first/samples/step-000001.png')),
    );
  });

  it('are those of a preset by its short name too', async () => {
    const line = `train --data data --name short --preset iphone2dslr ${TINY.join(' ')} --max-steps 1`;
    expect(await run(folder, line.split(' '))).toMatchObject({ code: 0 });
    expect(await settingsOf('short')).toMatchObject({ preprocess: 'scale-width-and-crop', loadWidth: 360, lambdaIdentity: 0.5 });
  });

  it('have their pictures in two folders', async () => {
    const apart = `train --name apart --data-a data/trainA --data-b data/trainB ${TINY.join(' ')}`;
    expect(await run(folder, `${apart} --max-steps 1`.split(' '))).toMatchObject({ code: 0 });
    const more = await run(folder, 'train --name apart --resume --max-steps 2 --cache-mb 0 --runs-dir runs'.split(' '));
    expect(more).toMatchObject({ code: 0, stderr: '' });
    expect(await executionOf('apart')).toMatchObject({ dataA: join(folder, 'data', 'trainA'), cacheMb: 0 });
    const { code, stderr } = await run(folder, 'train --name half --data-a data/trainA'.split(' '));
    expect(code).toBe(2);
    expect(stderr).toContain('--data-a and --data-b go together');
    expect(await readdir(join(folder, 'runs'))).not.toContain('half');
  });

  it('train pix2pix on pairs', async () => {
    const { code, stderr } = await run(
      folder,
      'train --data data --name pairs --model pix2pix --channels-a 1 --size 16 --ngf 2 --ndf 2 --disc-layers 1 --max-steps 2'.split(' '),
    );
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(await settingsOf('pairs')).toMatchObject({ generator: 'unet', levels: 4, norm: 'batch', ganMode: 'vanilla' });
    expect(await readFile(join(folder, 'runs/pairs/metrics.jsonl'), 'utf8')).toContain('"G_L1"');
  });

  it('take the size from the pictures where nothing is cropped', async () => {
    const line = `train --data data --name whole --preprocess none ${TINY.slice(2).join(' ')} --max-steps 1`;
    expect(await run(folder, line.split(' '))).toMatchObject({ code: 0 });
    expect(await settingsOf('whole')).toMatchObject({ width: 20, height: 16 });
    await writePicture(join(folder, 'data/trainA/large.png'), [40, 40]);
    const { code, stderr } = await run(folder, line.replace('whole', 'several').split(' '));
    expect(code).toBe(1);
    expect(stderr).toContain('crop');
    expect(await readdir(join(folder, 'runs'))).not.toContain('several');
  });
});
