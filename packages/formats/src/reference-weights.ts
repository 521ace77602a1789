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

/** The name of the file that the reference keeps a network in, such as `latest_net_G_A.pth` for genAB. */
export function referenceFileName(network: NetworkName, extension: 'pth' | 'safetensors'): string {
  return `latest_net_${REFERENCE_NETS.cyclegan[network]}.${extension}`;
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
      throw new FormatError(`There are several networks that may be ${name}, one below '${prefix}': keep one network to a file.`);
    found.set(name, { name, spec, weights: fromReference(spec, withoutCounters(stateDict)) });
  }
  return [...found.values()];
}

/** The tensors below each prefix in front of the names that the reference's networks begin with. */
function byPrefix(tensors: TensorRecord): Map<string, TensorRecord> {
  const groups = new Map<string, Record<string, TensorRecord[string]>>();
  for (const [name, tensor] of Object.entries(tensors)) {
    const [, prefix = '', rest = name] = /^(?:(.*?)[./])??((?:model|net)\.(?:\d|model\.).*)$/.exec(name) ?? [];
    const group = groups.get(prefix) ?? {};
    group[rest] = tensor;
    groups.set(prefix, group);
  }
  return groups;
}

/** The network that a prefix such as `netG_A.module` names. */
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
