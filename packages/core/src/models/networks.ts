/** Networks from their specs: a scope and a function of tensors, so that a training step reads like the paper. */
import type { Tensor, Trace } from '../graph/graph.ts';
import type { LayerContext } from '../nn/layers.ts';
import { Scope } from '../nn/scope.ts';
import { patchDiscriminator, pixelDiscriminator } from './discriminators.ts';
import { resnetGenerator } from './resnet.ts';
import { checkCounts, type DiscriminatorSpec, type GeneratorSpec, ModelError } from './specs.ts';
import { unetGenerator } from './unet.ts';

/** A network in a trace: apply it to tensors, reach its variables through `scope`. */
export interface Network {
  readonly scope: Scope;
  apply(x: Tensor): Tensor;
}

function network(trace: Trace, name: string, spec: GeneratorSpec | DiscriminatorSpec, body: (scope: Scope, x: Tensor) => Tensor): Network {
  checkCounts(name, spec);
  const scope = new Scope(trace, name);
  const channels = spec.inputChannels;
  const apply = (x: Tensor) => {
    if (x.shape[1] !== channels) throw new ModelError(`${name} takes pictures of ${channels} channels, got ${x.shape[1]}.`);
    return trace.scoped(name, () => body(scope, x));
  };
  return { scope, apply };
}

/** The generator `name` (`genAB` or `genBA`); throws ModelError for a spec that describes none. */
export function generator(trace: Trace, name: string, spec: GeneratorSpec, context: LayerContext): Network {
  return network(trace, name, spec, (scope, x) =>
    spec.kind === 'unet' ? unetGenerator(scope, x, spec, context) : resnetGenerator(scope, x, spec, context),
  );
}

/** The discriminator `name` (`discA` or `discB`, by the domain it judges); throws ModelError for a spec that describes none. */
export function discriminator(trace: Trace, name: string, spec: DiscriminatorSpec, context: LayerContext): Network {
  return network(trace, name, spec, (scope, x) =>
    spec.kind === 'patch' ? patchDiscriminator(scope, x, spec, context) : pixelDiscriminator(scope, x, spec, context),
  );
}
