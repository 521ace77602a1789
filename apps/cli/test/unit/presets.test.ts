/** Presets: each is one that a run can have, and says what the paper says. */
import { describe, expect, it } from 'vitest';
import { DATA_SETS } from '../../src/download/data-sets.ts';
import { PRESET_NAMES, PRESETS, type PresetName, publishedName } from '../../src/settings/presets.ts';
import { layered, resolveSettings } from '../../src/settings/settings.ts';

describe('presets', () => {
  it.each(PRESET_NAMES)('%s resolves, also at another size', (name) => {
    expect(resolveSettings(PRESETS[name])).toMatchObject({ model: 'cyclegan', lambdaA: 10, lambdaB: 10, batchSize: 1, lr: 2e-4 });
    expect(resolveSettings(layered(PRESETS[name], { size: 64 }))).toMatchObject({ height: 64, width: 64 });
  });

  // figures of the paper's appendix, 7.1 and 7.2
  it.each<[PresetName, object]>([
    ['maps', { height: 256, blocks: 9, lambdaIdentity: 0, epochs: 100, decayEpochs: 100 }],
    ['cityscapes', { height: 128, width: 128, blocks: 6, loadHeight: 143 }],
    ['edges2shoes', { epochs: 5, decayEpochs: 0 }],
    ['monet2photo', { preprocess: 'crop', lambdaIdentity: 0.5 }],
    ['iphone2dslr_flower', { preprocess: 'scale-width-and-crop', loadWidth: 360, lambdaIdentity: 0.5 }],
  ])('%s is that of the paper', (name, expected) => {
    expect(resolveSettings(PRESETS[name])).toMatchObject(expected);
  });

  it('are there for every data set to train on, by short names too', () => {
    const names: readonly string[] = PRESET_NAMES;
    expect(DATA_SETS.map(({ name }) => name).filter((name) => !names.includes(name))).toEqual(['ae_photos']);
    expect(['summer2winter', 'iphone2dslr', 'maps'].map(publishedName)).toEqual(['summer2winter_yosemite', 'iphone2dslr_flower', 'maps']);
  });
});
