/** The JSON beside an ONNX file that judges pictures: what the network takes, and what its outputs mean. Reads it; runs no network. */
import { readFile } from 'node:fs/promises';
import { dirname, extname, resolve } from 'node:path';
import { INTERPOLATIONS, type NetworkInput, PALETTES, type Palette, parsePalette } from '@cyclegan/eval';
import { z } from 'zod';
import { onDisk } from '../disk.ts';
import { RunError, UsageError } from '../errors.ts';
import { kindOfPath } from '../files.ts';

const extent = z.int().min(1);
const three = z.tuple([z.number(), z.number(), z.number()]);
const nonZero = z.number().refine((value) => value !== 0, 'Expected numbers other than 0.');

const inputSchema = z
  .strictObject({
    name: z.string().optional(),
    width: extent,
    height: extent,
    channels: z.enum(['rgb', 'bgr']).default('rgb'),
    range: z.tuple([z.number(), z.number()]).default([0, 1]),
    mean: three.default([0, 0, 0]),
    deviation: z.tuple([nonZero, nonZero, nonZero]).default([1, 1, 1]),
    interpolation: z.enum(INTERPOLATIONS).default('bilinear'),
    shorterSide: extent.optional(),
  })
  .refine(({ width, height, shorterSide = Number.POSITIVE_INFINITY }) => shorterSide >= Math.max(width, height), {
    path: ['shorterSide'],
    message: 'Expected at least the width and the height, which are cut out of it.',
  });

const PALETTE_NAMES = Object.keys(PALETTES) as (keyof typeof PALETTES)[];

const descriptionSchema = z.strictObject({
  /** The ONNX file, where the JSON does not lie beside it under the same name. */
  file: z.string().min(1).optional(),
  about: z.string().optional(),
  input: inputSchema,
  /** N x classes x H x W scores, and the colours of the classes: the name of a palette, or a list. */
  segmentation: z
    .strictObject({
      output: z.string(),
      classes: z.union([z.enum(PALETTE_NAMES), z.array(z.unknown())]),
      /** Colours that are not scored, beside a list of classes. */
      void: z.array(z.unknown()).optional(),
    })
    .optional(),
  /** N x F numbers that pictures are compared by. */
  features: z.strictObject({ output: z.string() }).optional(),
  /** N x classes scores, and names of some or all classes by their numbers. */
  classification: z.strictObject({ output: z.string(), names: z.record(z.string(), z.string()).default({}) }).optional(),
});

/** What a network can be used for. */
export type NetworkTask = 'segmentation' | 'features' | 'classification';

/** What is known of a network. */
export interface NetworkDescription {
  /** The ONNX file. */
  readonly file: string;
  readonly input: NetworkInput & { readonly name?: string | undefined };
  readonly segmentation?: { readonly output: string; readonly palette: Palette } | undefined;
  readonly features?: { readonly output: string } | undefined;
  readonly classification?: { readonly output: string; readonly names: Readonly<Record<string, string>> } | undefined;
}

const EXAMPLE =
  '{"input": {"width": 1024, "height": 512, "channels": "rgb", "range": [0, 1]}, "segmentation": {"output": "logits", "classes": "cityscapes"}}';

/**
 * The description of the network that an option names: by the ONNX file, its JSON beside it under the same name, or by the JSON, whose `file` may
 * name the ONNX file. Throws UsageError, naming option and file, when one of them is missing, RunError when the JSON is not as expected.
 */
export async function readNetworkDescription(option: string, path: string): Promise<NetworkDescription> {
  const stem = path.slice(0, path.length - extname(path).length);
  const json = `${stem}.json`;
  if ((await kindOfPath(path)) !== 'file') throw new UsageError(`${option} ${path}: there is no such file; give an ONNX file.`);
  if ((await kindOfPath(json)) !== 'file')
    throw new UsageError(`${option} ${path}: its description ${json} is missing; write one such as ${EXAMPLE}.`);
  const { file = `${stem}.onnx`, input, segmentation, ...tasks } = await parseDescription(json);
  const onnx = path === json ? resolve(dirname(json), file) : path;
  if ((await kindOfPath(onnx)) !== 'file') throw new UsageError(`${option} ${path}: the network ${onnx} is missing.`);
  const palette = segmentation && { output: segmentation.output, palette: paletteOf(segmentation, json) };
  return { file: onnx, input, segmentation: palette, features: tasks.features, classification: tasks.classification };
}

async function parseDescription(json: string): Promise<z.output<typeof descriptionSchema>> {
  const text = await onDisk(json, 'read', () => readFile(json, 'utf8'));
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch (error) {
    throw new RunError(`${json}: it is not JSON (${error instanceof Error ? error.message : error}).`, { cause: error });
  }
  const parsed = descriptionSchema.safeParse(content);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map(({ path, message }) => `${path.join('.') || 'the file'}: ${message.replace(/\.$/, '')}`);
  throw new RunError(`${json} does not describe a network (${problems.join('; ')}); write it as in ${EXAMPLE}.`);
}

function paletteOf({ classes, void: voidColours }: NonNullable<z.output<typeof descriptionSchema>['segmentation']>, json: string): Palette {
  return typeof classes === 'string' ? PALETTES[classes] : parsePalette(JSON.stringify({ classes, void: voidColours }), json);
}

/** The palette of a name, or in a JSON file; throws UsageError when it is neither, MetricError when the file holds none. */
export async function readPalette(nameOrFile: string): Promise<Palette> {
  if (Object.hasOwn(PALETTES, nameOrFile)) return PALETTES[nameOrFile as keyof typeof PALETTES];
  if ((await kindOfPath(nameOrFile)) === 'file')
    return parsePalette(await onDisk(nameOrFile, 'read', () => readFile(nameOrFile, 'utf8')), nameOrFile);
  throw new UsageError(`--palette ${nameOrFile}: expected ${PALETTE_NAMES.join(', ')}, or a JSON file of classes and their colours.`);
}
