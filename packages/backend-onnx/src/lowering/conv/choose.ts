/**
 * Which formulation computes a convolution, by its shape. The rules are what measurements on a CPU showed to matter; a table
 * of costs per engine and shape may take their place.
 */
import type { Lower, LoweredNode } from '../lower.ts';
import type { ConvName, Formulation } from './formulation.ts';
import { forwardDirect } from './forward-direct.ts';
import { forwardTransposed } from './forward-transposed.ts';
import { inputGradFlipped } from './input-grad-flipped.ts';
import { inputGradTransposed } from './input-grad-transposed.ts';
import { weightGradTaps } from './weight-grad-taps.ts';
import { weightGradUnfoldedInput } from './weight-grad-unfolded-input.ts';
import { weightGradUnfoldedOutput } from './weight-grad-unfolded-output.ts';

/** Channels that are too few to fill the rows of a matrix product. */
const FEW_CHANNELS = 4;

/** Channels below which products per kernel element are too small to be worth saving the unfolding. */
const SMALL_PRODUCT = 16;

function forward({ inputs: [, w], params }: LoweredNode<'conv2d'>): Formulation<'conv2d'> {
  const [o = 1, perGroup = 1] = w.shape;
  const fewOutputs = params.groups === 1 && o <= FEW_CHANNELS && perGroup > FEW_CHANNELS;
  return fewOutputs ? forwardTransposed : forwardDirect;
}

function inputGrad({ inputs: [, w], params }: LoweredNode<'conv2dInputGrad'>): Formulation<'conv2dInputGrad'> {
  const [, perGroup = 1] = w.shape;
  const fewInputs = params.groups === 1 && perGroup <= FEW_CHANNELS;
  return fewInputs ? inputGradTransposed : inputGradFlipped;
}

function weightGrad({ outputs: [dw], params }: LoweredNode<'conv2dWeightGrad'>): Formulation<'conv2dWeightGrad'> {
  const [o = 1, inputs = 1] = dw.shape;
  const outputs = o / params.groups;
  if (outputs < SMALL_PRODUCT && outputs < inputs) return weightGradUnfoldedOutput;
  return inputs < SMALL_PRODUCT ? weightGradUnfoldedInput : weightGradTaps;
}

/** The lowering that takes the preferred formulation where it fits, and `general` elsewhere. */
function chosen<K extends ConvName>(prefer: (node: LoweredNode<K>) => Formulation<K>, general: Formulation<K>): Lower<K> {
  return (context, node) => {
    const preferred = prefer(node);
    return (preferred.fits(node) ? preferred : general).lower(context, node);
  };
}

/** Lowerings of the convolution ops. */
export const CONV: { readonly [K in ConvName]: Lower<K> } = {
  conv2d: chosen(forward, forwardDirect),
  conv2dInputGrad: chosen(inputGrad, inputGradTransposed),
  conv2dWeightGrad: chosen(weightGrad, weightGradTaps),
};
