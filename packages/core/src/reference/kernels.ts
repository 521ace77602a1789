/** The kernel of every primitive op; one that is forgotten does not compile. */
import type { PrimitiveName } from '../graph/ops.ts';
import { convKernels } from './conv.ts';
import { dynamicKernels } from './dynamic.ts';
import { elementwiseKernels } from './elementwise.ts';
import { leafKernels } from './leaves.ts';
import { matmulKernels } from './matmul.ts';
import { reductionKernels } from './reductions.ts';
import { reflectPadKernels } from './reflect-pad.ts';
import { shapeKernels } from './shape.ts';
import type { Kernels } from './value.ts';

/** Kernels by op name. */
export const KERNELS: Kernels<PrimitiveName> = {
  ...leafKernels,
  ...elementwiseKernels,
  ...reductionKernels,
  ...shapeKernels,
  ...reflectPadKernels,
  ...convKernels,
  ...matmulKernels,
  ...dynamicKernels,
};
