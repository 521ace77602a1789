/**
 * A stride-1 convolution as the adjoint of its adjoint: a ConvTranspose with flipped kernels. One product makes all taps of
 * the few output channels, which are then added up, where Conv would unfold all the input channels.
 */
import { flipped } from './flipped.ts';
import type { Formulation } from './formulation.ts';

/** Fits stride 1 with padding no larger than the kernel's span. */
export const forwardTransposed: Formulation<'conv2d'> = flipped('ConvTranspose');
