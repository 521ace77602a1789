/**
 * The settings of a golden run (the `config` of its json, named as in the reference's options) -> our specs. Settings that
 * do not change the mathematics of the run, like how weights were drawn, are ignored; those we cannot follow are refused.
 */
import type { DiscriminatorSpec, GeneratorSpec, NormKind } from '@cyclegan/core';
import { type GoldenConfig, type GoldenLosses, type GoldenRun, GoldenUnsupported } from '@cyclegan/core/testing';
import { FormatError } from '../errors.ts';
import { describe, type JsonObject } from '../json.ts';

const KINDS = { cycle_gan: 'cyclegan', pix2pix: 'pix2pix' } as const;
const NORMS = { instance: 'instance', batch: 'batch', none: 'none' } as const satisfies Record<string, NormKind>;
const ADVERSARIAL = { lsgan: 'lsgan', vanilla: 'vanilla', wgangp: 'wgangp' } as const;
const DIRECTIONS = { AtoB: 'AtoB', BtoA: 'BtoA' } as const;

/** Settings that may be there, but with one value only. */
const FIXED: Readonly<Record<string, unknown>> = { no_dropout: true, pool_size: 0, beta2: 0.999, eps: 1e-8, weight_decay: 0 };

/** Kind and settings of a run; throws GoldenUnsupported for what we cannot do, FormatError for a missing or mistyped field. */
export function readGoldenConfig(config: JsonObject): { kind: GoldenRun['kind']; config: GoldenConfig } {
  const kind = choice(config, 'model', KINDS);
  for (const [key, value] of Object.entries(FIXED)) {
    if (key in config && config[key] !== value)
      throw new GoldenUnsupported(`${key} ${describe(config[key])} is not supported, only ${describe(value)}.`);
  }
  const a = count(config, 'input_nc');
  const b = count(config, 'output_nc');
  const losses = readLosses(config, kind);
  if (losses.lambdaIdentity > 0 && a !== b) {
    throw new GoldenUnsupported(`lambda_identity ${losses.lambdaIdentity} needs as many channels in A as in B, got ${a} and ${b}.`);
  }
  if (kind === 'cyclegan' && config.norm === 'batch' && Math.min(losses.lambdaA, losses.lambdaB) === 0) {
    // the reference still applies the generators, which moves their running statistics
    throw new GoldenUnsupported('a cycle weight of 0 with batch norm is not supported: our step leaves the whole term out.');
  }
  const networks =
    kind === 'cyclegan'
      ? {
          generatorAB: generator(config, a, b),
          generatorBA: generator(config, b, a),
          discriminatorA: discriminator(config, a),
          discriminatorB: discriminator(config, b),
        }
      : { generatorAB: generator(config, a, b), discriminatorB: discriminator(config, a + b) };
  return {
    kind,
    config: {
      ...networks,
      losses,
      learningRate: number(config, 'lr'),
      beta1: number(config, 'beta1'),
      batch: count(config, 'batch'),
      height: count(config, 'height'),
      width: count(config, 'width'),
      steps: count(config, 'steps'),
      direction: choice(config, 'direction', DIRECTIONS),
    },
  };
}

function readLosses(config: JsonObject, kind: GoldenRun['kind']): GoldenLosses {
  const adversarial = choice(config, 'gan_mode', ADVERSARIAL);
  // The reference's cycle_gan and pix2pix never call their penalty: wgangp alone means the Wasserstein loss without it.
  const gradientPenalty = 'lambda_gp' in config ? number(config, 'lambda_gp') : 0;
  if (gradientPenalty > 0 && adversarial !== 'wgangp')
    throw new GoldenUnsupported(`lambda_gp ${gradientPenalty} needs gan_mode wgangp, got ${adversarial}.`);
  const cycle = (key: string) => (kind === 'cyclegan' ? number(config, key) : 0);
  return {
    adversarial,
    gradientPenalty,
    lambdaA: cycle('lambda_A'),
    lambdaB: cycle('lambda_B'),
    lambdaIdentity: cycle('lambda_identity'),
    lambdaL1: kind === 'pix2pix' ? number(config, 'lambda_L1') : 0,
  };
}

/** `resnet_<n>blocks`, or `unet_<size>` that halves `size` down to one pixel, at least five times. */
function generator(config: JsonObject, inputChannels: number, outputChannels: number): GeneratorSpec {
  const name = string(config, 'netG');
  const common = { inputChannels, outputChannels, filters: count(config, 'ngf'), norm: choice(config, 'norm', NORMS), dropout: false };
  const blocks = /^resnet_(\d+)blocks$/.exec(name)?.[1];
  if (blocks !== undefined) return { kind: 'resnet', ...common, blocks: Number(blocks) };
  const levels = Math.log2(Number(/^unet_(\d+)$/.exec(name)?.[1]));
  if (Number.isInteger(levels) && levels >= 5) return { kind: 'unet', ...common, levels };
  throw new GoldenUnsupported(`netG '${name}' is not supported, only resnet_<n>blocks and unet_<32, 64, 128, 256 ...>.`);
}

function discriminator(config: JsonObject, inputChannels: number): DiscriminatorSpec {
  const name = string(config, 'netD');
  const common = { inputChannels, filters: count(config, 'ndf'), norm: choice(config, 'norm', NORMS) };
  // 'basic' has three layers whatever n_layers_D says.
  if (name === 'basic') return { kind: 'patch', ...common, layers: 3 };
  if (name === 'n_layers') return { kind: 'patch', ...common, layers: count(config, 'n_layers_D') };
  if (name === 'pixel') return { kind: 'pixel', ...common };
  throw new GoldenUnsupported(`netD '${name}' is not supported, only basic, n_layers and pixel.`);
}

function string(config: JsonObject, key: string): string {
  const value = config[key];
  if (typeof value !== 'string') throw new FormatError(`Golden run: config.${key} must be a text, got ${describe(value)}.`);
  return value;
}

function number(config: JsonObject, key: string): number {
  const value = config[key];
  if (typeof value !== 'number') throw new FormatError(`Golden run: config.${key} must be a number, got ${describe(value)}.`);
  return value;
}

function count(config: JsonObject, key: string): number {
  const value = number(config, key);
  if (!Number.isSafeInteger(value) || value < 1)
    throw new FormatError(`Golden run: config.${key} must be a whole number of at least 1, got ${value}.`);
  return value;
}

function choice<Values extends Readonly<Record<string, unknown>>>(config: JsonObject, key: string, values: Values): Values[keyof Values] {
  const name = string(config, key);
  const found = Object.entries(values).find(([candidate]) => candidate === name);
  if (!found) throw new GoldenUnsupported(`${key} '${name}' is not supported, only ${Object.keys(values).join(', ')}.`);
  return found[1] as Values[keyof Values];
}
