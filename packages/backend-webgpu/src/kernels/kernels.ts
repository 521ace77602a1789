/** The kernels of a group, by its anchor. */
import type { Anchor, Group } from '../fusion/group.ts';
import type { Value } from '../ir/operation.ts';
import type { Placement } from '../placement/place.ts';
import { adamKernel } from './adam.ts';
import { conv2dKernels } from './conv2d.ts';
import { conv2dInputGradKernels, hasPhases } from './conv2d-input-grad.ts';
import { conv2dWeightGradKernels } from './conv2d-weight-grad.ts';
import { type Extents, extentsOf, isProduct } from './convolution.ts';
import { groupedKernel } from './grouped.ts';
import type { Job, Kernel, KernelContext } from './kernel.ts';
import { matmulKernel } from './matmul.ts';
import { projectionsKernel, statisticsKernel } from './normalize.ts';
import { pointwiseKernel } from './pointwise.ts';
import { reductionKernels } from './reduce.ts';

type Convolution = Anchor & { readonly op: 'conv2d' | 'conv2dInputGrad' | 'conv2dWeightGrad' };

/** The kernels that compute a group, in order. */
export function kernelsOf(group: Group, context: KernelContext, { slabsOf }: Pick<Placement, 'slabsOf'>): readonly Kernel[] {
  const { anchor } = group;
  if (anchor === undefined) return [pointwiseKernel(group, context)];
  switch (anchor.op) {
    case 'sum':
    case 'maxReduce':
      return reductionKernels({ group, anchor, context });
    case 'statistics':
      return [statisticsKernel({ group, anchor, context })];
    case 'projections':
      return [projectionsKernel({ group, anchor, context })];
    case 'matmul':
      return [matmulKernel({ group, anchor, context })];
    case 'adam':
      return [adamKernel({ group, anchor, context }, slabsOf(anchor))];
    default:
      return convolutionKernels({ group, anchor, context });
  }
}

function convolutionKernels({ group, anchor, context }: Job<Convolution>): readonly Kernel[] {
  const extents = convolutionExtents(anchor);
  if (!isProduct(extents) || (anchor.op === 'conv2dInputGrad' && !hasPhases(extents))) {
    return [groupedKernel({ group, anchor, context }, extents)];
  }
  switch (anchor.op) {
    case 'conv2d':
      return conv2dKernels({ group, anchor, context }, extents);
    case 'conv2dInputGrad':
      return conv2dInputGradKernels({ group, anchor, context }, extents);
    case 'conv2dWeightGrad':
      return conv2dWeightGradKernels({ group, anchor, context }, extents);
  }
}

function convolutionExtents(anchor: Convolution): Extents {
  const [first, second] = anchor.inputs as readonly [Value, Value];
  const [result] = anchor.outputs as readonly [Value];
  switch (anchor.op) {
    case 'conv2d':
      return extentsOf(first.shape, second.shape, result.shape, anchor.params);
    case 'conv2dInputGrad':
      return extentsOf(result.shape, second.shape, first.shape, anchor.params);
    case 'conv2dWeightGrad':
      return extentsOf(first.shape, result.shape, second.shape, anchor.params);
  }
}
