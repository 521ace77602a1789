/**
 * What network a state_dict of the reference implementation belongs to: read off the names and shapes of its tensors, then held to every
 * name and shape that such a network has. Knows no files.
 */
import {
  type DiscriminatorSpec,
  discriminator,
  discriminatorMinimum,
  formatShape,
  type GeneratorSpec,
  GraphError,
  generator,
  generatorExtents,
  ModelError,
  type NormKind,
  type Shape,
  sameShape,
  type TensorRecord,
  trace,
} from '@cyclegan/core';
import { FormatError } from './errors.ts';
import { FIRST_BLOCK, referenceNames } from './reference-names.ts';

/** Problems that an error lists. */
const LISTED = 6;

/** A U-Net of more would take pictures of at least 65,536 pixels a side. */
const MOST_LEVELS = 15;

/** Whether a spec is a generator's. */
export function isGenerator(spec: GeneratorSpec | DiscriminatorSpec): spec is GeneratorSpec {
  return 'outputChannels' in spec;
}

/**
 * The settings of the network that a state_dict holds, without what leaves no trace in it: the dropout of U-Nets counts as none. Throws
 * FormatError that lists what does not fit when there is no such network.
 */
export function inferSpec(stateDict: TensorRecord): GeneratorSpec | DiscriminatorSpec {
  const facts = new Facts(stateDict);
  const spec = guess(facts);
  if (spec === undefined) {
    const names = Object.keys(stateDict);
    throw new FormatError(
      `The tensors belong to no network that is known (ResNet, mobile ResNet, U-Net, PatchGAN, pixel discriminator): ${listed(names)}.`,
    );
  }
  const problems = misfits(stateDict, spec, expectedShapes(spec));
  if (problems.length === 0) return spec;
  throw new FormatError(`The tensors look like a ${spec.kind} network but do not fit one: ${listed(problems)}.`);
}

/** Names and shapes of a state_dict. */
class Facts {
  readonly #tensors: TensorRecord;

  constructor(tensors: TensorRecord) {
    this.#tensors = tensors;
  }

  has(name: string): boolean {
    return Object.hasOwn(this.#tensors, name);
  }

  /** An extent of a tensor, 1 where there is none: what does not fit is found afterwards. */
  extent(name: string, axis: number): number {
    return (this.has(name) ? this.#tensors[name]?.shape[axis] : undefined) ?? 1;
  }

  /** How many of `name(0)`, `name(1)` ... there are, counted no further than `most`. */
  count(name: (index: number) => string, most = Number.POSITIVE_INFINITY): number {
    let length = 0;
    while (length < most && this.has(name(length))) length++;
    return length;
  }

  /** The norm behind the convolution at `at`, told by its running statistics, or by a bias in front of it. */
  norm(conv: string, norm: string): NormKind {
    if (this.has(`${norm}.running_mean`)) return 'batch';
    return this.has(`${conv}.bias`) ? 'instance' : 'none';
  }
}

function guess(facts: Facts): GeneratorSpec | DiscriminatorSpec | undefined {
  if (facts.has('model.model.0.weight')) return unet(facts);
  if (facts.has('model.1.weight')) return resnet(facts);
  if (facts.has('net.0.weight')) return pixel(facts);
  return facts.has('model.0.weight') ? patch(facts) : undefined;
}

function resnet(facts: Facts): GeneratorSpec {
  const block = (index: number) => `model.${FIRST_BLOCK + index}.conv_block`;
  const mobile = facts.has(`${block(0)}.1.conv.0.weight`);
  const blocks = facts.count((index) => `${block(index)}.1.${mobile ? 'conv.0.' : ''}weight`);
  const width = (index: number, axis = 0) => facts.extent(`model.${index}.weight`, axis);
  const firstUp = FIRST_BLOCK + blocks;
  const shared = {
    inputChannels: width(1, 1),
    outputChannels: width(firstUp + 7),
    norm: facts.norm('model.1', 'model.2'),
  };
  // dropout moves the second convolution from 5 to 6, where the norm is without
  const dropout = facts.has(`${block(0)}.6.weight`) && !facts.has(`${block(0)}.5.weight`);
  if (!mobile) return { kind: 'resnet', ...shared, filters: width(1), blocks, dropout };
  return {
    kind: 'mobile-resnet',
    ...shared,
    downWidths: [width(1), width(4), width(7)],
    blockWidths: Array.from({ length: blocks }, (_, index) => facts.extent(`${block(index)}.1.conv.2.weight`, 0)),
    // kernels of transposed convolutions are I x O
    upWidths: [width(firstUp, 1), width(firstUp + 3, 1)],
    dropout: false,
  };
}

function unet(facts: Facts): GeneratorSpec {
  const inner = (level: number) => `model.model.1.model${'.3.model'.repeat(level)}.1`;
  const levels = 1 + facts.count((level) => `${inner(level)}.weight`, MOST_LEVELS - 1);
  return {
    kind: 'unet',
    inputChannels: facts.extent('model.model.0.weight', 1),
    outputChannels: facts.extent('model.model.3.weight', 1),
    filters: facts.extent('model.model.0.weight', 0),
    levels,
    // only the innermost of two levels lacks a norm on its way down
    norm: facts.norm('model.model.0', levels > 2 ? 'model.model.1.model.2' : 'model.model.1.model.4'),
    dropout: false,
  };
}

function patch(facts: Facts): DiscriminatorSpec {
  // the last convolution has the index 2 + 3 x layers
  const layers = facts.count((layer) => `model.${5 + 3 * layer}.weight`);
  return {
    kind: 'patch',
    inputChannels: facts.extent('model.0.weight', 1),
    filters: facts.extent('model.0.weight', 0),
    layers,
    norm: facts.norm('model.2', 'model.3'),
  };
}

function pixel(facts: Facts): DiscriminatorSpec {
  const [filters, inputChannels] = [facts.extent('net.0.weight', 0), facts.extent('net.0.weight', 1)];
  return { kind: 'pixel', inputChannels, filters, norm: facts.norm('net.2', 'net.3') };
}

/** What of a state_dict does not fit a network, each in a few words; empty when all does. */
function misfits(stateDict: TensorRecord, spec: GeneratorSpec | DiscriminatorSpec, shapes: ReadonlyMap<string, Shape>): string[] {
  const expected = new Map(referenceNames(spec).map(({ ours, theirs }) => [theirs, shapes.get(ours) ?? []]));
  const wrong = [...expected].flatMap(([name, shape]) => {
    const found = Object.hasOwn(stateDict, name) ? stateDict[name] : undefined;
    if (found === undefined) return [`${name} is missing (expected ${formatShape(shape)})`];
    if (!sameShape(found.shape, shape)) return [`${name} is ${formatShape(found.shape)} (expected ${formatShape(shape)})`];
    return found.dtype === 'f32' ? [] : [`${name} holds ${found.dtype} values (expected floating point)`];
  });
  const extra = Object.keys(stateDict).filter((name) => !expected.has(name));
  return [...wrong, ...extra.map((name) => `${name} is left over`)];
}

/** Shapes of a network's variables by their path inside it; throws FormatError for settings that describe no network. */
function expectedShapes(spec: GeneratorSpec | DiscriminatorSpec): ReadonlyMap<string, Shape> {
  const context = { init: { kind: 'normal', gain: 0 }, training: false } as const;
  const extent = isGenerator(spec) ? generatorExtents(spec).minimum : discriminatorMinimum(spec);
  try {
    const graph = trace((recorder) => {
      const net = isGenerator(spec) ? generator(recorder, 'net', spec, context) : discriminator(recorder, 'net', spec, context);
      net.apply(recorder.input('x', [1, spec.inputChannels, extent, extent]));
    });
    return new Map([...graph.variables].map(([name, { shape }]) => [name.slice('net/'.length), shape]));
  } catch (error) {
    if (error instanceof ModelError || error instanceof GraphError) throw new FormatError(`No such network: ${error.message}`);
    throw error;
  }
}

function listed(items: readonly string[]): string {
  const more = items.length > LISTED ? `; and ${items.length - LISTED} more` : '';
  return `${items.slice(0, LISTED).join('; ')}${more}`;
}
