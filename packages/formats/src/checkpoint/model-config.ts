/** Core's model settings in JSON that may have been written by anybody: a schema for each of core's types, which the compiler holds to them. */
import type { CycleGanConfig, DiscriminatorSpec, GeneratorSpec, ModelConfig, Pix2PixConfig } from '@cyclegan/core';
import { z } from 'zod';

const count = z.int().min(1);
const weight = z.number().min(0);
const norm = z.enum(['instance', 'batch', 'none']);

const generatorShared = { inputChannels: count, outputChannels: count, norm, dropout: z.boolean() };

/** A generator's settings. */
export const generator = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('resnet'), ...generatorShared, filters: count, blocks: z.int().min(0) }),
  z.strictObject({
    kind: z.literal('mobile-resnet'),
    ...generatorShared,
    downWidths: z.tuple([count, count, count]),
    blockWidths: z.array(count),
    upWidths: z.tuple([count, count]),
  }),
  z.strictObject({ kind: z.literal('unet'), ...generatorShared, filters: count, levels: count }),
]) satisfies z.ZodType<GeneratorSpec>;

/** A discriminator's settings. */
export const discriminator = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('patch'), inputChannels: count, filters: count, layers: count, norm }),
  z.strictObject({ kind: z.literal('pixel'), inputChannels: count, filters: count, norm }),
]) satisfies z.ZodType<DiscriminatorSpec>;

const modelShared = {
  generatorAB: generator,
  discriminatorB: discriminator,
  batch: count,
  height: count,
  width: count,
  adversarial: z.enum(['lsgan', 'vanilla', 'wgangp']),
  gradientPenalty: weight,
  init: z.strictObject({ kind: z.enum(['normal', 'xavier', 'kaiming', 'orthogonal']), gain: z.number() }),
  adam: z.strictObject({ beta1: z.number(), beta2: z.number(), epsilon: z.number() }),
};

const cyclegan = z.strictObject({
  kind: z.literal('cyclegan'),
  ...modelShared,
  generatorBA: generator,
  discriminatorA: discriminator,
  weights: z.strictObject({ ganAB: weight, ganBA: weight, cycleA: weight, cycleB: weight, identityA: weight, identityB: weight }),
  poolSize: z.int().min(0),
}) satisfies z.ZodType<CycleGanConfig>;

const pix2pix = z.strictObject({
  kind: z.literal('pix2pix'),
  ...modelShared,
  weights: z.strictObject({ gan: weight, l1: weight }),
}) satisfies z.ZodType<Pix2PixConfig>;

/** A model's settings, as JSON holds them. */
export const modelConfig: z.ZodType<ModelConfig> = z.discriminatedUnion('kind', [cyclegan, pix2pix]);
