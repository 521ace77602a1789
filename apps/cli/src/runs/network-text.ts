/** Networks in words. */
import type { DiscriminatorSpec, GeneratorSpec } from '@cyclegan/core';
import type { NetworkName } from '@cyclegan/formats';

/** What a network does. */
const TASKS: Readonly<Record<NetworkName, string>> = {
  genAB: 'turns A into B',
  genBA: 'turns B into A',
  discA: 'judges pictures of A',
  discB: 'judges pictures of B',
};

/** A network in a line: `genAB turns A into B: resnet, 9 blocks, 64 filters, instance norm, 3 to 3 channels`. */
export function describeNetwork(name: NetworkName, spec: GeneratorSpec | DiscriminatorSpec): string {
  const channels = 'outputChannels' in spec ? `${spec.inputChannels} to ${spec.outputChannels} channels` : `${spec.inputChannels} channels`;
  return `${name} ${TASKS[name]}: ${spec.kind}, ${[...extentsOf(spec), `${spec.norm} norm`, channels].join(', ')}`;
}

function extentsOf(spec: GeneratorSpec | DiscriminatorSpec): string[] {
  switch (spec.kind) {
    case 'resnet':
      return [`${spec.blocks} blocks`, `${spec.filters} filters`, ...(spec.dropout ? ['dropout'] : [])];
    case 'mobile-resnet':
      return [`${spec.blockWidths.length} blocks`, `widths ${[...spec.downWidths, ...spec.blockWidths, ...spec.upWidths].join(' ')}`];
    case 'unet':
      return [`${spec.levels} levels`, `${spec.filters} filters`];
    case 'patch':
      return [`${spec.layers} layers`, `${spec.filters} filters`];
    case 'pixel':
      return [`${spec.filters} filters`];
  }
}
