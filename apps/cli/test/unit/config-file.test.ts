/** Settings from files and presets, and how they lie on one another. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { formatSettings, readConfigFile } from '../../src/settings/config-file.ts';
import { PRESET_NAMES, PRESETS } from '../../src/settings/presets.ts';
import { fillIn, layered, resolveSettings, withoutEffect } from '../../src/settings/settings.ts';

async function fileOf(text: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'cyclegan-config-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const path = join(folder, 'settings.yaml');
  await writeFile(path, text);
  return path;
}

describe('readConfigFile', () => {
  it.each(['size: 128\nflip: false # keep the writing readable\n', '{"size": 128, "flip": false}'])('reads %j', async (text) => {
    expect(await readConfigFile(await fileOf(text))).toEqual({ size: 128, flip: false });
  });

  it.each([
    ['lamda_a: 3', "there is no setting 'lamda_a'; did you mean lambdaA?"],
    ['use_wandb: true', "there is no setting 'use_wandb'; the losses of every step are in metrics.jsonl"],
    ['n_epochs: 3', "there is no setting 'n_epochs'; here it is epochs."],
    ['no_flip: true', "there is no setting 'no_flip'; here it is flip."],
    ['netG: unet_256', 'on the command line it is --generator with --blocks or --levels.'],
    ['constructor: 3', "there is no setting 'constructor'"],
    ['size: big', 'size is "big": Expected a whole number of at least 1.'],
    ['- size', "expected settings by name, as in 'size: 128'"],
    ['', 'expected settings by name'],
    ['size: [1', 'neither JSON nor YAML'],
  ])('refuses %j', async (text, message) => {
    await expect(readConfigFile(await fileOf(text))).rejects.toThrow(message);
  });

  it('says when there is no such file', async () => {
    await expect(readConfigFile('nowhere.yaml')).rejects.toThrow('--config nowhere.yaml: there is no such file.');
  });

  it("takes a run's config.json, and lets what follows from the size follow", async () => {
    const settings = resolveSettings({ size: 64, loadWidth: 190, seed: 7 });
    const read = await readConfigFile(await fileOf(JSON.stringify({ format: 'cyclegan-run', formatVersion: 1, settings })));
    expect(resolveSettings(read)).toEqual(settings);
    expect(resolveSettings(layered(read, { size: 128 }))).toMatchObject({ loadHeight: 143, loadWidth: 190, levels: 7, seed: 7 });
  });
});

it('writes settings that are read back to the same, and follow what is changed in the file', async () => {
  const settings = resolveSettings({ size: 64, loadWidth: 190, seed: 7, maxPictures: 3 });
  const text = formatSettings(settings);
  expect(text).toContain('# loadHeight: 72 (follows from the others)');
  expect(resolveSettings(await readConfigFile(await fileOf(text)))).toEqual(settings);
  const changed = await readConfigFile(await fileOf(text.replace('height: 64', 'height: 128')));
  expect(resolveSettings(changed)).toMatchObject({ height: 128, loadHeight: 143, loadWidth: 190 });
});

it('lets later settings win, and short forms over what they stand for', () => {
  expect(layered({ height: 32, channelsA: 1, seed: 1 }, { size: 64, channels: 3 }, { width: 96 })).toEqual({
    size: 64,
    channels: 3,
    width: 96,
    seed: 1,
  });
});

it('knows settings without effect', () => {
  const idle = (given: Parameters<typeof fillIn>[0]) => withoutEffect(given, fillIn(given)).map(({ name }) => name);
  expect(idle({ generator: 'unet', blocks: 6, decayEvery: 3, gradientPenalty: 1 })).toEqual(['blocks', 'gradientPenalty', 'decayEvery']);
  expect(idle({ model: 'pix2pix', levels: 5, lambdaA: 1, lambdaL1: 3 })).toEqual(['lambdaA']);
  expect(idle({ blocks: 6, lrPolicy: 'step', decayEvery: 3, ganMode: 'wgangp', gradientPenalty: 1 })).toEqual([]);
});

describe('presets', () => {
  it.each(PRESET_NAMES)('%s can be trained', (name) => {
    expect(resolveSettings(PRESETS[name])).toMatchObject({ lr: 2e-4, lambdaA: 10, poolSize: 50 });
  });

  it("are those of the paper's appendix", () => {
    expect(resolveSettings(PRESETS.cityscapes)).toMatchObject({ height: 128, blocks: 6, lambdaIdentity: 0 });
    expect(resolveSettings(PRESETS.monet2photo)).toMatchObject({ height: 256, blocks: 9, lambdaIdentity: 0.5, preprocess: 'crop' });
    expect(resolveSettings(PRESETS.iphone2dslr_flower)).toMatchObject({ loadWidth: 360, preprocess: 'scale-width-and-crop' });
  });
});
