/** The kernel of every op that the backend computes; one that is forgotten does not compile. */
import type { CompositeName, LeafName, PrimitiveName } from '@cyclegan/core';
import { Conv2DBackpropFilter } from '@tensorflow/tfjs-core';
import { convKernels } from './conv.ts';
import { dynamicKernels } from './dynamic.ts';
import { elementwiseKernels } from './elementwise.ts';
import { gaps, hasKernel } from './gaps.ts';
import type { Kernels } from './kernel.ts';
import { iotaKernels } from './leaves.ts';
import { matmulKernels } from './matmul.ts';
import { reductionKernels } from './reductions.ts';
import { reflectPadKernels } from './reflect-pad.ts';
import { shapeKernels } from './shape.ts';

/** Composite ops with kernels of their own. */
export const NATIVE_COMPOSITES = ['reluGrad'] as const satisfies readonly CompositeName[];

/** Primitives that no engine has a kernel for, and are put together from several. */
const COMPOSED = ['reflectPadGrad', 'dynamicSlice', 'dynamicUpdate'] as const satisfies readonly PrimitiveName[];

/** Primitives that the engine in use computes with several kernels. */
export function composedPrimitives(): readonly PrimitiveName[] {
  return [
    ...COMPOSED,
    ...(gaps().slowTransposedConvolutions ? (['conv2dInputGrad'] as const) : []),
    ...(hasKernel(Conv2DBackpropFilter) ? [] : (['conv2dWeightGrad'] as const)),
  ];
}

/** Leaves that stand for values of a run. */
export type ValueLeaf = Exclude<LeafName, 'iota'>;

/** Kernels by op name. */
export const KERNELS: Kernels<Exclude<PrimitiveName, ValueLeaf> | (typeof NATIVE_COMPOSITES)[number]> = {
  ...iotaKernels,
  ...elementwiseKernels,
  ...reductionKernels,
  ...shapeKernels,
  ...reflectPadKernels,
  ...convKernels,
  ...matmulKernels,
  ...dynamicKernels,
};
