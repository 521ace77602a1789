/** The input gradient of a stride-1 convolution as a Conv with flipped kernels, which keeps the product large. */
import { flipped } from './flipped.ts';
import type { Formulation } from './formulation.ts';

/** Fits stride 1 with padding no larger than the kernel's span. */
export const inputGradFlipped: Formulation<'conv2dInputGrad'> = flipped('Conv');
