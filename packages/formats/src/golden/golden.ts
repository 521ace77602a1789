/**
 * Golden runs of the reference implementation: one json (settings, losses) and one safetensors (weights, pictures,
 * gradients, moments) -> a run in our names. Every tensor must find its place and every place its tensor, so that a
 * comparison cannot pass because something was not there.
 */
import {
  type DiscriminatorSpec,
  formatShape,
  type GeneratorSpec,
  type HostTensor,
  type Shape,
  sameShape,
  type TensorRecord,
} from '@cyclegan/core';
import type { GoldenConfig, GoldenRun } from '@cyclegan/core/testing';
import { FormatError } from '../errors.ts';
import { describe, isObject, type JsonObject } from '../json.ts';
import { REFERENCE_LOSSES } from '../reference-losses.ts';
import { fromReference, REFERENCE_NETS } from '../reference-names.ts';
import { parseSafetensors } from '../safetensors/read.ts';
import { readGoldenConfig } from './config.ts';

/** Our names of the reference's pictures. */
const PICTURES: Readonly<Record<string, string>> = {
  real_A: 'realA',
  fake_B: 'fakeB',
  rec_A: 'recA',
  real_B: 'realB',
  fake_A: 'fakeA',
  rec_B: 'recB',
  idt_A: 'idtA',
  idt_B: 'idtB',
};

const CYCLE_PICTURES = ['real_A', 'fake_B', 'rec_A', 'real_B', 'fake_A', 'rec_B'];

/** Running statistics have neither gradients nor moments. */
const TRAINABLE_ONLY = { init: false, grad: true, adam_m: true, adam_v: true, final: false };

type Section = keyof typeof TRAINABLE_ONLY;

interface Network {
  readonly ours: string;
  readonly theirs: string;
  readonly spec: GeneratorSpec | DiscriminatorSpec;
}

/** A golden run from its parsed json and the bytes of its safetensors; throws GoldenUnsupported for what we cannot do, FormatError for a bad file. */
export function readGoldenRun(json: unknown, safetensors: Uint8Array): GoldenRun {
  if (!isObject(json) || !isObject(json.config))
    throw new FormatError(`Golden run: expected an object with a config, got ${describe(json)}.`);
  const name = typeof json.name === 'string' ? json.name : 'unnamed';
  const { kind, config } = readGoldenConfig(json.config);
  const networks = networksOf(kind, config);
  const tensors = parseSafetensors(safetensors).tensors();
  const variables = (section: Section) => Object.fromEntries(networks.flatMap((network) => readNetwork(network, tensors, section)));
  return {
    name,
    kind,
    config,
    losses: readLosses(json, kind, config.steps),
    init: variables('init'),
    grad: variables('grad'),
    adamM: variables('adam_m'),
    adamV: variables('adam_v'),
    final: variables('final'),
    inputs: Array.from({ length: config.steps }, (_, step) => readInputs(tensors, step, { config, networks })),
    forward: readPictures(under(tensors, 'fwd/'), kind, config),
  };
}

function networksOf(kind: GoldenRun['kind'], config: GoldenConfig): Network[] {
  const specs: Readonly<Record<string, GeneratorSpec | DiscriminatorSpec | undefined>> = {
    genAB: config.generatorAB,
    genBA: config.generatorBA,
    discA: config.discriminatorA,
    discB: config.discriminatorB,
  };
  return Object.entries(REFERENCE_NETS[kind]).flatMap(([ours, theirs]) => {
    const spec = specs[ours];
    return spec ? [{ ours, theirs, spec }] : [];
  });
}

/** The tensors whose names begin with `prefix`, without it. */
function under(tensors: TensorRecord, prefix: string): TensorRecord {
  return Object.fromEntries(
    Object.entries(tensors)
      .filter(([name]) => name.startsWith(prefix))
      .map(([name, tensor]) => [name.slice(prefix.length), tensor]),
  );
}

function readNetwork({ ours, theirs, spec }: Network, tensors: TensorRecord, section: Section): [string, HostTensor][] {
  try {
    const stateDict = under(tensors, `${section}/${theirs}/`);
    const weights = fromReference(spec, stateDict, { trainableOnly: TRAINABLE_ONLY[section] });
    return Object.entries(weights).map(([path, tensor]) => [`${ours}/${path}`, tensor]);
  } catch (error) {
    throw error instanceof FormatError ? new FormatError(`Golden run, ${section}/${theirs}: ${error.message}`) : error;
  }
}

/** The pictures given to a step, swapped where the direction asks for it, and the penalty's interpolation weights. */
function readInputs(
  tensors: TensorRecord,
  step: number,
  { config, networks }: { config: GoldenConfig; networks: readonly Network[] },
): TensorRecord {
  const { batch, height, width, generatorAB } = config;
  const read = (name: string, shape: Shape): HostTensor => {
    const tensor = tensors[`in/${step}/${name}`];
    if (!tensor) throw new FormatError(`Golden run: tensor 'in/${step}/${name}' is missing.`);
    if (sameShape(tensor.shape, shape)) return tensor;
    throw new FormatError(`Golden run: 'in/${step}/${name}' must be ${formatShape(shape)}, got ${formatShape(tensor.shape)}.`);
  };
  const [source, target] = config.direction === 'AtoB' ? ['A', 'B'] : ['B', 'A'];
  const inputs: [string, HostTensor][] = [
    ['A', read(source, [batch, generatorAB.inputChannels, height, width])],
    ['B', read(target, [batch, generatorAB.outputChannels, height, width])],
  ];
  if (config.losses.gradientPenalty > 0) {
    for (const { ours, theirs } of networks.filter((network) => network.ours.startsWith('disc'))) {
      inputs.push([`penalty/${ours}`, read(`alpha_${theirs}`, [batch, 1, 1, 1])]);
    }
  }
  return Object.fromEntries(inputs);
}

function readPictures(pictures: TensorRecord, kind: GoldenRun['kind'], config: GoldenConfig): TensorRecord {
  const expected = kind === 'pix2pix' ? ['real_A', 'fake_B', 'real_B'] : CYCLE_PICTURES;
  const identities = config.losses.lambdaIdentity > 0 ? ['idt_A', 'idt_B'] : [];
  const missing = [...expected, ...identities].find((name) => !pictures[name]);
  if (missing !== undefined) throw new FormatError(`Golden run: tensor 'fwd/${missing}' is missing.`);
  return Object.fromEntries(
    Object.entries(pictures).map(([theirs, tensor]) => {
      const ours = PICTURES[theirs];
      if (!ours) throw new FormatError(`Golden run: unknown picture 'fwd/${theirs}'; known are ${Object.keys(PICTURES).join(', ')}.`);
      return [ours, tensor];
    }),
  );
}

function readLosses({ losses }: JsonObject, kind: GoldenRun['kind'], steps: number): Readonly<Record<string, number>>[] {
  const names = new Map<string, string>(Object.entries(REFERENCE_LOSSES[kind]).map(([ours, theirs]) => [theirs, ours]));
  if (!Array.isArray(losses) || losses.length !== steps) {
    throw new FormatError(`Golden run: losses must be a list of ${steps} steps, got ${describe(losses)}.`);
  }
  return losses.map((step: unknown, index) => {
    if (!isObject(step)) throw new FormatError(`Golden run: losses of step ${index} must be an object, got ${describe(step)}.`);
    const unknown = Object.keys(step).find((name) => !names.has(name));
    if (unknown !== undefined)
      throw new FormatError(`Golden run: unknown loss '${unknown}' of step ${index}; known are ${[...names.keys()].join(', ')}.`);
    return Object.fromEntries(
      [...names].map(([theirs, ours]) => {
        const value = step[theirs];
        if (typeof value !== 'number')
          throw new FormatError(`Golden run: loss ${theirs} of step ${index} must be a number, got ${describe(value)}.`);
        return [ours, value];
      }),
    );
  });
}
