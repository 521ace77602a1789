/** Weights in and out: from other trainers, to them, and as ONNX models, always through the program. */
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { loadOnnxModel } from '@cyclegan/backend-onnx';
import { f32, type HostTensor, type TensorRecord } from '@cyclegan/core';
import { difference } from '@cyclegan/core/testing';
import { decodePicture } from '@cyclegan/data';
import { encodePth, parseSafetensors, readPth, writeSafetensors } from '@cyclegan/formats';
import { beforeAll, describe, expect, it } from 'vitest';
import { checkpointOf, checkpointsOf, type Result, run, TINY, temporaryFolder, workFolder, writePicture } from './program.ts';

const ROOT = fileURLToPath(new URL('../../../../', import.meta.url));
const SHARED = join(ROOT, '../shared');
const NETWORKS = ['G_A', 'G_B', 'D_A', 'D_B'];

async function succeed(folder: string, ...args: string[]): Promise<Result> {
  const result = await run(folder, args);
  expect(result, result.stderr).toMatchObject({ code: 0 });
  return result;
}

let trained: string;
beforeAll(async () => {
  trained = await workFolder({ keep: true });
  const onnx = '--backend onnx --threads 1 --max-steps 2'.split(' ');
  await succeed(trained, 'train', '--data', 'data', '--name', 'first', ...TINY, ...onnx);
  return () => rm(trained, { recursive: true });
});

/** Bytes of each file in a folder, by name. */
async function contentsOf(folder: string): Promise<Record<string, Buffer>> {
  const names = (await readdir(folder)).sort();
  return Object.fromEntries(await Promise.all(names.map(async (name) => [name, await readFile(join(folder, name))] as const)));
}

describe('weights', () => {
  it.each(['pth', 'safetensors'])('exported as %s and imported again are the same to the bit', async (format) => {
    const folder = await temporaryFolder();
    const exported = join(folder, 'exported');
    await succeed(trained, 'export', '--run', 'first', '--format', format, '--out', exported);
    const files = NETWORKS.map((name) => join(exported, `latest_net_${name}.${format}`));
    const { stdout } = await succeed(folder, 'import', ...files, '--name', 'again', '--runs-dir', 'others');
    for (const line of ['genAB turns A into B: resnet, 1 blocks, 2 filters', 'discB judges pictures of B: patch, 1 layers'])
      expect(stdout).toContain(line);
    await succeed(folder, 'export', '--run', join('others', 'again'), '--format', format, '--out', 'twice');
    expect(await contentsOf(join(folder, 'twice'))).toEqual(await contentsOf(exported));
  });

  it('translate as the run does that they were exported from, from a run, a folder or a file, both ways', async () => {
    const folder = await temporaryFolder();
    await writePicture(join(folder, 'in.png'), [19, 14]);
    await succeed(trained, 'export', '--run', 'first', '--format', 'pth', '--out', join(folder, 'exported'));
    await succeed(folder, 'import', 'exported/latest_net_G_A.pth', 'exported/latest_net_G_B.pth', '--name', 'imported');
    const translated = async (weights: string, direction: string) => {
      const out = `${basename(weights)}-${direction}`;
      await succeed(folder, 'translate', 'in.png', '--run', weights, '--direction', direction, '--out', out, '--threads', '1');
      return (await decodePicture(join(folder, out, 'in.png'), { channels: 3 })).data;
    };
    for (const [direction, file] of [
      ['AtoB', 'exported/latest_net_G_A.pth'],
      ['BtoA', 'exported/latest_net_G_B.pth'],
    ] as const) {
      const expected = await translated(join(trained, 'runs', 'first'), direction);
      for (const weights of ['imported', 'exported', file]) expect(await translated(weights, direction)).toEqual(expected);
    }
  });

  it("of pix2pix keep the reference's names for them, through an import too", async () => {
    const folder = await workFolder();
    const pairs = '--model pix2pix --size 16 --ngf 2 --ndf 2 --disc-layers 1 --max-steps 1 --sample-every 0 --threads 1'.split(' ');
    await succeed(folder, 'train', '--data', 'data', '--name', 'pairs', ...pairs);
    const NAMES = ['latest_net_D.pth', 'latest_net_G.pth'];
    await succeed(folder, 'export', '--run', 'pairs', '--format', 'pth', '--out', 'exported');
    expect((await readdir(join(folder, 'exported'))).sort()).toEqual(NAMES);
    await succeed(folder, 'import', ...NAMES.map((name) => join('exported', name)));
    await succeed(folder, 'export', '--run', 'exported', '--format', 'pth', '--out', 'twice', '--runs-dir', 'runs');
    expect(await contentsOf(join(folder, 'twice'))).toEqual(await contentsOf(join(folder, 'exported')));
  });

  it('keep the names of the reference', async () => {
    const folder = await temporaryFolder();
    await succeed(trained, 'export', '--run', 'first', '--format', 'pth', '--out', folder);
    const names = Object.keys(readPth(await readFile(join(folder, 'latest_net_G_A.pth'))));
    expect(names.slice(0, 4)).toEqual(['model.1.weight', 'model.1.bias', 'model.4.weight', 'model.4.bias']);
    expect(names.at(-1)).toBe('model.18.bias');
  });
});

describe('a checkpoint', () => {
  it('that is imported goes on as the run would that it was taken from, once its pictures are named', async () => {
    const folder = await temporaryFolder();
    const [checkpoint = ''] = await checkpointsOf(trained, 'first');
    const { stdout } = await succeed(folder, 'import', checkpoint, '--name', 'taken');
    expect(stdout).toContain(
      'runs/taken is ready, after step 2. Go on with its training: cyclegan train --name taken --resume --data DATA',
    );
    expect(await readFile((await checkpointsOf(folder, 'taken'))[0] ?? '')).toEqual(await readFile(checkpoint));
    const nowhere = await run(folder, ['train', '--name', 'taken', '--resume']);
    expect(nowhere).toMatchObject({ code: 2, stderr: expect.stringContaining('--data is missing') });
    const three = '--max-steps 3 --threads 1'.split(' ');
    const further = await succeed(folder, 'train', '--name', 'taken', '--resume', '--data', join(trained, 'data'), ...three);
    expect(further.stderr).toBe('');
    await succeed(trained, 'train', '--data', 'data', '--name', 'three', ...TINY, ...three);
    expect((await checkpointOf(folder, 'taken')).state).toEqual((await checkpointOf(trained, 'three')).state);
  });

  it('that is damaged is not imported', async () => {
    const folder = await temporaryFolder();
    const [checkpoint = ''] = await checkpointsOf(trained, 'first');
    const bytes = await readFile(checkpoint);
    bytes[bytes.length - 5] = (bytes[bytes.length - 5] ?? 0) ^ 1;
    await writeFile(join(folder, 'damaged.safetensors'), bytes);
    expect(await run(folder, ['import', 'damaged.safetensors'])).toMatchObject({ code: 1, stderr: expect.stringContaining('damaged') });
    expect(existsSync(join(folder, 'runs', 'damaged'))).toBe(false);
  });
});

describe('export', () => {
  it('writes ONNX models into the folder of the run, and replaces them when told to', async () => {
    const { stdout } = await succeed(trained, 'export', '--run', 'first');
    for (const direction of ['AtoB', 'BtoA']) {
      expect(stdout).toMatch(new RegExp(`${direction}.onnx: gen.., within \\de-\\d of translate`));
      expect(existsSync(join(trained, 'runs', 'first', 'export', `${direction}.onnx`))).toBe(true);
    }
    const again = await run(trained, ['export', '--run', 'first']);
    expect(again).toMatchObject({ code: 1, stderr: expect.stringContaining('AtoB.onnx exists; give --force to replace it.') });
    await succeed(trained, 'export', '--run', 'first', '--force');
  });

  it('says that a run of discriminators alone has nothing for ONNX', async () => {
    const folder = await temporaryFolder();
    await succeed(trained, 'export', '--run', 'first', '--format', 'safetensors', '--out', folder);
    await succeed(folder, 'import', 'latest_net_D_A.safetensors', '--name', 'judge');
    expect(await run(folder, ['export', '--run', 'judge'])).toMatchObject({ code: 1, stderr: expect.stringContaining('has no generator') });
    const refused = await run(folder, ['translate', 'x.png', '--run', 'judge', '--out', 'out']);
    expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining('has no generator from A to B') });
  });

  /** Runs of the published implementation, and of our own script that is held to it; where batch norm is off, their pictures are those of a translation. */
  const CASES = [
    'golden/cyclegan-resnet2-pixel-instance-1to4-btoa',
    'golden/cyclegan-resnet3-wgangp-nonorm-patch4',
    'golden/pix2pix-unet128-instance-1ch-btoa',
    '../shared/golden/cyclegan-resnet6-lsgan',
    '../shared/golden/cyclegan-resnet9-noidt-batch2',
    '../shared/golden/cyclegan-unet128-vanilla',
  ];

  it.for(CASES)('makes of %s the pictures of its golden run', async (name, { skip }) => {
    const path = join(ROOT, `${name}.safetensors`);
    if (!existsSync(path)) return skip(`${path} is not on this machine`);
    const golden = parseSafetensors(await readFile(path)).tensors();
    const folder = await temporaryFolder();
    for (const [net, from, to] of [
      ['G', 'real_A', 'fake_B'],
      ['G_A', 'real_A', 'fake_B'],
      ['G_B', 'real_B', 'fake_A'],
    ]) {
      const weights = below(`init/${net}/`, golden);
      if (Object.keys(weights).length === 0) continue;
      await writeFile(join(folder, 'net.safetensors'), writeSafetensors(weights));
      await succeed(folder, 'import', 'net.safetensors', '--name', `${net}`);
      await succeed(folder, 'export', '--run', `${net}`, '--out', `${net}`);
      const model = await loadOnnxModel(join(folder, `${net}`, 'AtoB.onnx'));
      const fake = await model.run(golden[`fwd/${from}`] as HostTensor);
      await model.dispose();
      expect(difference(fake, golden[`fwd/${to}`] as HostTensor).error).toBeLessThanOrEqual(1e-4);
    }
  });
});

function below(prefix: string, record: TensorRecord): TensorRecord {
  return Object.fromEntries(
    Object.entries(record).flatMap(([name, tensor]) => (name.startsWith(prefix) ? [[name.slice(prefix.length), tensor]] : [])),
  );
}

describe('import', () => {
  it('makes of a published generator the pictures that were published with it', async ({ skip }) => {
    const models = join(SHARED, 'models', 'gan-compression-horse2zebra');
    if (!existsSync(`${models}.pth`)) return skip(`${models}.pth is not on this machine`);
    const folder = await temporaryFolder();
    await succeed(folder, 'import', `${models}.pth`, '--name', 'zebras');
    await succeed(folder, 'translate', `${models}-input.png`, '--run', 'zebras', '--out', '.');
    const [ours, theirs] = await Promise.all(
      [join(folder, `${basename(models)}-input.png`), `${models}-output.png`].map((path) => decodePicture(path, { channels: 3 })),
    );
    const differences = Array.from(theirs?.data ?? [], (value, at) => Math.abs(value - (ours?.data[at] ?? Number.NaN)));
    expect(differences).toHaveLength(256 * 256 * 3);
    expect(differences.reduce((most, value) => Math.max(most, value))).toBeLessThanOrEqual(2);
  });

  const PICKLE = `cos\nsystem\n(S'touch pwned'\ntR.`;
  const whole = encodePth({ 'model.1.weight': f32([2], [1, 2]) });
  it.each([
    ['cut in half', 'weights.pth', whole.subarray(0, whole.length / 2), 'weights.pth: '],
    ['that would run a program', 'evil.pth', Buffer.from(`\u0080\u0002${PICKLE}`, 'latin1'), 'os.system'],
    [
      'of another network',
      'other.pth',
      encodePth({ 'features.0.weight': f32([2], [1, 2]) }),
      'other.pth: The tensors belong to no network that is known',
    ],
    [
      'that does not fit its network',
      'odd.pth',
      whole,
      'odd.pth: The tensors look like a resnet network but do not fit one: model.1.weight is 2',
    ],
    ['of text', 'note.txt', Buffer.from('no weights'), 'note.txt: '],
    ['of nothing', 'empty.pth', new Uint8Array(), 'empty.pth: '],
  ])('refuses a file %s, and leaves nothing behind', async (_what, name, bytes, message) => {
    const folder = await temporaryFolder();
    await writeFile(join(folder, name), bytes);
    const { code, stderr } = await run(folder, ['import', name]);
    expect({ code, lines: stderr.trim().split('\n').length }).toEqual({ code: 1, lines: 1 });
    expect(stderr).toContain(message);
    expect(await readdir(folder)).toEqual([name]);
  });

  it('refuses a file that is not there, a name in use, and one network twice', async () => {
    const folder = await temporaryFolder();
    const failing = async (...args: string[]) => {
      const { code, stderr } = await run(folder, ['import', ...args]);
      return `${code} ${stderr}`;
    };
    expect(await failing('nothing.pth')).toMatch(/^1 .*nothing\.pth cannot be read: there is no such file/);
    await succeed(trained, 'export', '--run', 'first', '--format', 'pth', '--out', join(folder, 'pth'));
    expect(await failing('pth')).toMatch(/^1 error: pth is a folder: give the files in it/);
    await succeed(folder, 'import', 'pth/latest_net_G_A.pth');
    expect(await failing('pth/latest_net_G_A.pth')).toMatch(/^1 .*exists already; choose another --name/);
    await mkdir(join(folder, 'more'));
    await writeFile(join(folder, 'more', 'mine.pth'), await readFile(join(folder, 'pth', 'latest_net_G_B.pth')));
    expect(await failing('pth/latest_net_G_A.pth', 'more/mine.pth', '--name', 'two')).toMatch(
      /^1 error: pth.latest_net_G_A\.pth and more.mine\.pth hold one network, genAB: name/,
    );
    await writeFile(join(folder, 'large.pth'), 'PK');
    await truncate(join(folder, 'large.pth'), 2 ** 31);
    expect(await failing('large.pth')).toMatch(/^1 error: large\.pth: PyTorch files of 2 GiB and more are not read/);
    expect(await readdir(join(folder, 'runs'))).toEqual(['pth']);
  });

  it('takes the name of the file, or of the folder where the reference named the file', async () => {
    const folder = await temporaryFolder();
    await succeed(trained, 'export', '--run', 'first', '--format', 'pth', '--out', join(folder, 'my model'));
    const file = join('my model', 'latest_net_G_A.pth');
    await succeed(folder, 'import', file);
    await writeFile(join(folder, 'a horse.pth'), await readFile(join(folder, file)));
    await succeed(folder, 'import', 'a horse.pth');
    expect((await readdir(join(folder, 'runs'))).sort()).toEqual(['a-horse', 'my-model']);
  });
});
