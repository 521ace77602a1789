/**
 * Networks in a file of tensors under the reference's names: one network to a file, as the reference saves them, or several below
 * prefixes, as other trainers do. Which network it is, is told by the prefix or by the name of the file.
 */
import type { DiscriminatorSpec, GeneratorSpec, TensorRecord } from '@cyclegan/core';
import { FormatError } from './errors.ts';
import { inferSpec, isGenerator } from './reference-architecture.ts';
import { fromReference, REFERENCE_NETS } from './reference-names.ts';

/** The name of a network. */
export type NetworkName = keyof (typeof REFERENCE_NETS)['cyclegan'];

/** A network with its weights by their paths inside it, such as `stem/conv/weight`. */
export interface FoundNetwork {
  readonly name: NetworkName;
  readonly spec: GeneratorSpec | DiscriminatorSpec;
  readonly weights: TensorRecord;
}

/** What the reference calls each network; that of pix2pix's two as well. */
const NAMES = new Map<string, NetworkName>(
  [REFERENCE_NETS.pix2pix, REFERENCE_NETS.cyclegan].flatMap((nets) =>
    Object.entries(nets).map(([ours, theirs]) => [theirs, ours as NetworkName] as const),
  ),
);

const MOST_NETWORKS = Object.keys(REFERENCE_NETS.cyclegan).length;

/** The name of the file that the reference keeps a network of a model in, such as `latest_net_G_A.pth` for genAB of CycleGAN. */
export function referenceFileName(
  network: NetworkName,
  { extension, model }: { readonly extension: 'pth' | 'safetensors'; readonly model: keyof typeof REFERENCE_NETS },
): string {
  const names: Partial<Record<NetworkName, string>> = REFERENCE_NETS[model];
  return `latest_net_${names[network] ?? REFERENCE_NETS.cyclegan[network]}.${extension}`;
}

/** What a file's name says of its contents, where the reference could have given it: `5_net_G_A.pth` holds genAB of `5`. */
export function parseReferenceFileName(name: string): { readonly network: NetworkName; readonly label: string } | undefined {
  const [, label, theirs = ''] = /^(.+)_net_([GD](?:_[AB])?)\.(?:pth|safetensors)$/.exec(name) ?? [];
  const network = NAMES.get(theirs);
  return label === undefined || network === undefined ? undefined : { network, label };
}

/**
 * The networks among tensors, a generator from A to B and a discriminator of B unless `fileName` or a prefix says otherwise. Throws FormatError
 * when there is none, when two are the same, or, listing what does not fit, when one is no network that is known.
 */
export function findNetworks(tensors: TensorRecord, fileName = ''): FoundNetwork[] {
  const found = new Map<NetworkName, FoundNetwork>();
  for (const [prefix, stateDict] of byPrefix(tensors)) {
    const spec = inferSpec(withoutCounters(stateDict));
    const name = nameOf(prefix) ?? parseReferenceFileName(fileName)?.network ?? (isGenerator(spec) ? 'genAB' : 'discB');
    if (isGenerator(spec) !== name.startsWith('gen'))
      throw new FormatError(
        `The name says ${name}, but the tensors are those of a ${spec.kind} ${isGenerator(spec) ? 'generator' : 'discriminator'}.`,
      );
    if (found.has(name))
      throw new FormatError(
        `There are several networks that may be ${name}, one below '${prefix.slice(0, -1)}': keep one network to a file.`,
      );
    found.set(name, { name, spec, weights: fromReference(spec, withoutCounters(stateDict)) });
  }
  return [...found.values()];
}

/**
 * The tensors below each prefix in front of the names that the reference's networks begin with. What lies beside the prefixes is something else, such
 * as an optimiser's state, unless nothing else is there.
 */
function byPrefix(tensors: TensorRecord): ReadonlyMap<string, TensorRecord> {
  const groups = new Map<string, Record<string, TensorRecord[string]>>();
  for (const name of Object.keys(tensors)) {
    const prefix = prefixOf(name, tensors);
    if (prefix !== undefined) groups.set(prefix, {});
  }
  if (groups.size === 0) return new Map([['', tensors]]);
  if (groups.size > MOST_NETWORKS)
    throw new FormatError(`There are ${groups.size} networks; a run has at most ${MOST_NETWORKS}: keep one network to a file.`);
  // a prefix may begin with another: the longest comes first
  const longestFirst = [...groups].sort(([a], [b]) => b.length - a.length);
  for (const [name, tensor] of Object.entries(tensors)) {
    const [prefix, group] = longestFirst.find(([start]) => name.startsWith(start)) ?? ['', {}];
    group[name.slice(prefix.length)] = tensor;
  }
  return groups;
}

/** What stands in front of a name such as `model.1.weight`, its last dot included; undefined where a tensor has no such name. */
function prefixOf(name: string, tensors: TensorRecord): string | undefined {
  const [, prefix] = /^((?:.*?[./])??)(?:model|net)\.\d/.exec(name) ?? [];
  const [, outer] = /^((?:.*[./])?)model\.$/.exec(prefix ?? '') ?? [];
  // wrappers may be called model too, but only the second layer of a U-Net's own has layers
  return outer !== undefined && Object.hasOwn(tensors, `${prefix}model.1.model.1.weight`) ? outer : prefix;
}

/** The network that a prefix such as `netG_A.module.` names. */
function nameOf(prefix: string): NetworkName | undefined {
  return prefix
    .split(/[./]/)
    .map((part) => NAMES.get(part.replace(/^net(?=[GD])/, '')))
    .find((name) => name !== undefined);
}

/** Without batch norm's counters, and without the running statistics that old versions kept for instance norm and never used. */
function withoutCounters(stateDict: TensorRecord): TensorRecord {
  const used = Object.entries(stateDict).filter(([name]) => {
    if (name.endsWith('.num_batches_tracked')) return false;
    const [, at] = /^(.*)\.running_(?:mean|var)$/.exec(name) ?? [];
    return at === undefined || Object.hasOwn(stateDict, `${at}.weight`);
  });
  return Object.fromEntries(used);
}
