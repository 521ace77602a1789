/** Networks from their specs: a scope and a function of tensors, so that a training step reads like the paper. */
import type { Tensor, Trace } from '../graph/graph.ts';
import type { LayerContext } from '../nn/layers.ts';
import { Scope } from '../nn/scope.ts';
import { concat, sliceAxis } from '../ops.ts';
import { patchDiscriminator, pixelDiscriminator } from './discriminators.ts';
import { resnetGenerator } from './resnet.ts';
import { checkCounts, type DiscriminatorSpec, type GeneratorSpec, ModelError } from './specs.ts';
import { unetGenerator } from './unet.ts';

/** A network in a trace: apply it to tensors, reach its variables through `scope`. */
export interface Network {
  readonly scope: Scope;
  apply(x: Tensor): Tensor;
  /**
   * Applications to several batches, each made when it is called: together with the first, as one batch, where the pictures are small and do
   * not depend on each other, which is faster.
   */
  passes(batches: readonly Tensor[]): readonly (() => Tensor)[];
}

/** Pixels of a batch up to which its time goes into the number of operations; joining larger ones would save little and take memory. */
const SMALL = 128 ** 2;

/** Whether batch norm or dropout makes a picture's result depend on what else is in its batch, or on when it is its turn. */
function isIndependent({ norm, ...spec }: GeneratorSpec | DiscriminatorSpec): boolean {
  return norm !== 'batch' && !('dropout' in spec && spec.dropout);
}

function network(trace: Trace, name: string, spec: GeneratorSpec | DiscriminatorSpec, body: (scope: Scope, x: Tensor) => Tensor): Network {
  checkCounts(name, spec);
  const scope = new Scope(trace, name);
  const channels = spec.inputChannels;
  const apply = (x: Tensor) => {
    if (x.shape[1] !== channels) throw new ModelError(`${name} takes pictures of ${channels} channels, got ${x.shape[1]}.`);
    return trace.scoped(name, () => body(scope, x));
  };
  const passes = (batches: readonly Tensor[]) => {
    const [first, ...others] = batches;
    const small = batches.every(({ shape: [n = 0, , height = 0, width = 0] }) => n * height * width <= SMALL);
    if (first === undefined || others.length === 0 || !small || !isIndependent(spec)) return batches.map((batch) => () => apply(batch));
    let joined: Tensor | undefined;
    return batches.map(({ shape: [n = 0] }, at) => () => {
      joined ??= apply(concat([first, ...others], 0));
      const from = batches.slice(0, at).reduce((total, { shape }) => total + (shape[0] ?? 0), 0);
      return sliceAxis(joined, 0, from, from + n);
    });
  };
  return { scope, apply, passes };
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
