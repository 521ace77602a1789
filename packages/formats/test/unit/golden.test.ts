import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { f32, type TensorRecord } from '@cyclegan/core';
import { GoldenUnsupported } from '@cyclegan/core/testing';
import { describe, expect, it } from 'vitest';
import { FormatError } from '../../src/errors.ts';
import { readGoldenConfig } from '../../src/golden/config.ts';
import { readGoldenRun } from '../../src/golden/golden.ts';
import { REFERENCE_LOSSES } from '../../src/reference-losses.ts';
import { REFERENCE_NETS, referenceNames } from '../../src/reference-names.ts';
import { writeSafetensors } from '../../src/safetensors/write.ts';

const CONFIG = {
  model: 'cycle_gan',
  netG: 'resnet_1blocks',
  netD: 'pixel',
  ngf: 2,
  ndf: 2,
  n_layers_D: 3,
  norm: 'batch',
  gan_mode: 'lsgan',
  lambda_A: 10,
  lambda_B: 5,
  lambda_identity: 0,
  lambda_L1: 100,
  lr: 0.0002,
  beta1: 0.5,
  input_nc: 1,
  output_nc: 4,
  height: 4,
  width: 8,
  batch: 2,
  steps: 2,
  init_type: 'normal',
  no_dropout: true,
  direction: 'AtoB',
};

interface Parts {
  readonly config?: Record<string, unknown>;
  /** Added to the tensors; undefined leaves one out. */
  readonly tensors?: Record<string, TensorRecord[string] | undefined>;
}

/** The reference's losses of a step: the first is `first`, and they count up. */
function lossesOf(kind: keyof typeof REFERENCE_LOSSES, first: number): Record<string, number> {
  return Object.fromEntries(Object.values(REFERENCE_LOSSES[kind]).map((name, index) => [name, first + index]));
}

/** A complete run whose tensors are placeholders: every weight a scalar that counts up. */
function golden({ config: changes = {}, tensors: extra = {} }: Parts = {}): [json: unknown, bytes: Uint8Array] {
  const json = { ...CONFIG, ...changes };
  const { kind, config } = readGoldenConfig(json);
  const specs = { genAB: config.generatorAB, genBA: config.generatorBA, discA: config.discriminatorA, discB: config.discriminatorB };
  const tensors: [string, TensorRecord[string] | undefined][] = [];
  for (const [ours, theirs] of Object.entries(REFERENCE_NETS[kind])) {
    const spec = specs[ours as keyof typeof specs];
    if (!spec) throw new Error(`no ${ours}`);
    for (const pair of referenceNames(spec)) {
      for (const section of ['init', 'final', ...(pair.trainable ? ['grad', 'adam_m', 'adam_v'] : [])]) {
        tensors.push([`${section}/${theirs}/${pair.theirs}`, f32([], [tensors.length])]);
      }
    }
  }
  const [a, b] = json.direction === 'BtoA' ? [4, 1] : [1, 4];
  for (const step of [0, 1]) {
    tensors.push(
      [`in/${step}/A`, f32([2, a, 4, 8], new Float32Array(64 * a))],
      [`in/${step}/B`, f32([2, b, 4, 8], new Float32Array(64 * b))],
    );
  }
  for (const picture of ['real_A', 'fake_B', 'rec_A', 'real_B', 'fake_A', 'rec_B']) tensors.push([`fwd/${picture}`, f32([], [0])]);
  tensors.push(...Object.entries(extra));
  const present = new Map(tensors.flatMap(([name, tensor]) => (tensor ? [[name, tensor]] : [])));
  for (const [name, tensor] of Object.entries(extra)) if (!tensor) present.delete(name);
  return [{ name: 'test', config: json, losses: [lossesOf(kind, 1), lossesOf(kind, 2)] }, writeSafetensors(Object.fromEntries(present))];
}

describe('readGoldenRun', () => {
  it('reads the settings and puts every tensor under our names', () => {
    const run = readGoldenRun(...golden());
    expect(run.kind).toBe('cyclegan');
    expect(run.config.generatorBA).toEqual({
      kind: 'resnet',
      inputChannels: 4,
      outputChannels: 1,
      filters: 2,
      blocks: 1,
      norm: 'batch',
      dropout: false,
    });
    expect(run.config.discriminatorB).toEqual({ kind: 'pixel', inputChannels: 4, filters: 2, norm: 'batch' });
    expect(run.config.losses).toEqual({
      adversarial: 'lsgan',
      lambdaA: 10,
      lambdaB: 5,
      lambdaIdentity: 0,
      lambdaL1: 0,
      gradientPenalty: 0,
    });
    expect(run.losses.map(({ discB, identityB }) => [discB, identityB])).toEqual([
      [1, 8],
      [2, 9],
    ]);
    expect(Object.keys(run.init)).toContain('discB/layer1/norm/mean');
    expect(Object.keys(run.grad)).not.toContain('discB/layer1/norm/mean');
    expect(Object.keys(run.adamM)).toEqual(Object.keys(run.grad));
    expect(Object.keys(run.final)).toEqual(Object.keys(run.init));
    expect(Object.keys(run.forward).sort()).toEqual(['fakeA', 'fakeB', 'realA', 'realB', 'recA', 'recB']);
  });

  it('gives discB the weights of D_A', () => {
    const marked = f32([], [-1]);
    const run = readGoldenRun(...golden({ tensors: { 'init/D_A/net.0.weight': marked } }));
    expect(run.init['discB/layer0/conv/weight']).toEqual(marked);
    expect(run.init['discA/layer0/conv/weight']).not.toEqual(marked);
  });

  it('swaps the pictures of a run from B to A', () => {
    const run = readGoldenRun(...golden({ config: { direction: 'BtoA' } }));
    expect(run.inputs.map(({ A, B }) => [A?.shape, B?.shape])).toEqual(
      Array(2).fill([
        [2, 1, 4, 8],
        [2, 4, 4, 8],
      ]),
    );
    expect(run.config.generatorAB.inputChannels).toBe(1);
  });

  it('feeds the penalty its weights, and needs them', () => {
    const config = { gan_mode: 'wgangp', lambda_gp: 10 };
    const alphas = (from: number) => f32([2, 1, 1, 1], [from, from + 1]);
    const tensors = { 'in/0/alpha_D_A': alphas(1), 'in/0/alpha_D_B': alphas(2), 'in/1/alpha_D_A': alphas(3), 'in/1/alpha_D_B': alphas(4) };
    const run = readGoldenRun(...golden({ config, tensors }));
    expect(run.config.losses.gradientPenalty).toBe(10);
    expect(run.inputs[1]?.['penalty/discB']).toEqual(alphas(3));
    expect(run.inputs[1]?.['penalty/discA']).toEqual(alphas(4));
    expect(() => readGoldenRun(...golden({ config }))).toThrow("tensor 'in/0/alpha_D_A' is missing");
    expect(readGoldenRun(...golden({ config: { gan_mode: 'wgangp' } })).config.losses.gradientPenalty).toBe(0);
  });

  it('reads pix2pix, whose discriminator sees both pictures', () => {
    const run = readGoldenRun(
      ...golden({ config: { model: 'pix2pix', netD: 'n_layers', n_layers_D: 2, netG: 'unet_32', lambda_identity: 0.5 } }),
    );
    expect(run.config.discriminatorB).toEqual({ kind: 'patch', inputChannels: 5, filters: 2, layers: 2, norm: 'batch' });
    expect(run.config.generatorAB).toMatchObject({ kind: 'unet', levels: 5 });
    expect(run.config.generatorBA).toBeUndefined();
    expect(run.config.losses).toMatchObject({ lambdaL1: 100, lambdaA: 0, lambdaIdentity: 0 });
  });

  it("gives 'basic' three layers whatever n_layers_D says", () => {
    expect(readGoldenConfig({ ...CONFIG, netD: 'basic', n_layers_D: 5 }).config.discriminatorA).toMatchObject({ layers: 3 });
  });

  it.each([
    [{ model: 'cut' }, "model 'cut' is not supported, only cycle_gan, pix2pix."],
    [{ netG: 'resnet_cat' }, "netG 'resnet_cat' is not supported"],
    [{ netG: 'unet_100' }, "netG 'unet_100' is not supported"],
    [{ netD: 'stylegan' }, "netD 'stylegan' is not supported"],
    [{ norm: 'spectral' }, "norm 'spectral' is not supported, only instance, batch, none."],
    [{ gan_mode: 'hinge' }, "gan_mode 'hinge' is not supported"],
    [{ no_dropout: false }, 'no_dropout false is not supported, only true.'],
    [{ pool_size: 50 }, 'pool_size 50 is not supported, only 0.'],
    [{ beta2: 0.99 }, 'beta2 0.99 is not supported'],
    [{ direction: 'both' }, "direction 'both' is not supported"],
    [{ lambda_gp: 10 }, 'lambda_gp 10 needs gan_mode wgangp'],
    [{ lambda_identity: 0.5 }, 'needs as many channels in A as in B'],
    [{ norm: 'batch', lambda_A: 0 }, 'a cycle weight of 0 with batch norm is not supported'],
  ])('refuses %o', (changes, message) => {
    const read = () => readGoldenConfig({ ...CONFIG, ...changes });
    expect(read).toThrow(GoldenUnsupported);
    expect(read).toThrow(message);
  });

  it('says what is wrong with a file', () => {
    const [json, bytes] = golden();
    expect(() => readGoldenRun([], bytes)).toThrow(FormatError);
    expect(() => readGoldenRun({ ...Object(json), losses: [] }, bytes)).toThrow('losses must be a list of 2 steps');
    const { G_A: _, ...partial } = lossesOf('cyclegan', 1);
    const withSecond = (losses: Record<string, number>) => ({ ...Object(json), losses: [lossesOf('cyclegan', 1), losses] });
    expect(() => readGoldenRun(withSecond(partial), bytes)).toThrow('loss G_A of step 1 must be a number, got undefined');
    expect(() => readGoldenRun(withSecond({ ...partial, G_A: 1, G_C: 1 }), bytes)).toThrow("unknown loss 'G_C' of step 1");
    expect(() => readGoldenConfig({ ...CONFIG, lr: '0.1' })).toThrow('config.lr must be a number');
    expect(() => readGoldenConfig({ ...CONFIG, batch: 0 })).toThrow('config.batch must be a whole number of at least 1');
    expect(() => readGoldenRun(...golden({ tensors: { 'grad/G_A/model.1.weight': undefined } }))).toThrow(
      "grad/G_A: Tensor 'model.1.weight'",
    );
    expect(() => readGoldenRun(...golden({ tensors: { 'init/G_A/model.99.weight': f32([], [0]) } }))).toThrow('model.99.weight');
    expect(() => readGoldenRun(...golden({ tensors: { 'in/0/A': f32([1], [0]) } }))).toThrow("'in/0/A' must be 2x1x4x8, got 1");
    expect(() => readGoldenRun(...golden({ tensors: { 'fwd/rec_B': undefined } }))).toThrow("'fwd/rec_B' is missing");
    expect(() => readGoldenRun(...golden({ tensors: { 'fwd/fake_C': f32([1], [0]) } }))).toThrow("unknown picture 'fwd/fake_C'");
  });
});

describe('golden runs on disk map onto our names one to one', () => {
  const root = join(import.meta.dirname, '../../../..');

  function checkAll(directory: string): number {
    const cases = readdirSync(directory).filter((name) => name.endsWith('.safetensors'));
    for (const name of cases) {
      const json: unknown = JSON.parse(readFileSync(join(directory, name.replace('.safetensors', '.json')), 'utf8'));
      const run = readGoldenRun(json, readFileSync(join(directory, name)));
      const { batch, height, width, steps, generatorAB } = run.config;
      expect(run.inputs, name).toHaveLength(steps);
      expect(run.forward.fakeB?.shape, name).toEqual([batch, generatorAB.outputChannels, height, width]);
      // Both directions: the pictures are named after the swap, the inputs before it.
      expect(run.forward.realA, name).toEqual(run.inputs[0]?.A);
      expect(run.forward.realB, name).toEqual(run.inputs[0]?.B);
      expect(Object.keys(run.final), name).toEqual(Object.keys(run.init));
      for (const [variable, tensor] of Object.entries(run.grad)) expect(run.init[variable]?.shape, variable).toEqual(tensor.shape);
    }
    return cases.length;
  }

  it("the project's own", () => {
    expect(checkAll(join(root, 'golden'))).toBeGreaterThan(0);
  });

  it("the published implementation's", () => {
    const shared = join(root, '../shared/golden');
    if (existsSync(shared)) expect(checkAll(shared)).toBeGreaterThanOrEqual(4);
    else console.warn('../shared/golden is missing: the names were not checked against the published implementation.');
  });
});
