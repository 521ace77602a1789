/**
 * Which formulation computes a convolution: the cheapest that fits, by the prices of cost.ts, in the layout that the graph's
 * assignment gave the node.
 */
import type { Lower } from '../lower.ts';
import type { LowerRows } from '../rows/lower-rows.ts';
import type { ConvName, ConvNode, Formulation, RowsFormulation, TensorFormulation } from './formulation.ts';
import { forwardDirect } from './forward-direct.ts';
import { forwardGathered } from './forward-gathered.ts';
import { forwardTaps } from './forward-taps.ts';
import { forwardTransposed } from './forward-transposed.ts';
import { inputGradFlipped } from './input-grad-flipped.ts';
import { inputGradPolyphase } from './input-grad-polyphase.ts';
import { inputGradTransposed } from './input-grad-transposed.ts';
import { weightGradGatheredInput, weightGradGatheredOutput } from './weight-grad-gathered.ts';
import { weightGradTaps } from './weight-grad-taps.ts';
import { weightGradUnfoldedInput } from './weight-grad-unfolded-input.ts';
import { weightGradUnfoldedOutput } from './weight-grad-unfolded-output.ts';
import { forwardWinograd, inputGradWinograd, weightGradWinograd } from './winograd/formulations.ts';

/** Every way to compute each op. */
export const FORMULATIONS: { readonly [K in ConvName]: readonly Formulation<K>[] } = {
  conv2d: [forwardDirect, forwardTransposed, forwardGathered, forwardTaps, forwardWinograd],
  conv2dInputGrad: [inputGradTransposed, inputGradFlipped, inputGradPolyphase, inputGradWinograd],
  conv2dWeightGrad: [
    weightGradTaps,
    weightGradUnfoldedInput,
    weightGradUnfoldedOutput,
    weightGradGatheredInput,
    weightGradGatheredOutput,
    weightGradWinograd,
  ],
};

function cheapest<K extends ConvName>(
  op: K,
  node: ConvNode<K>,
  layout: Formulation<K>['layout'],
): { formulation?: Formulation<K>; price: number } {
  let best: { formulation?: Formulation<K>; price: number } = { price: Number.POSITIVE_INFINITY };
  for (const formulation of FORMULATIONS[op] as readonly Formulation<K>[]) {
    if (formulation.layout !== layout || !formulation.fits(node)) continue;
    const price = formulation.cost(node);
    if (price < best.price) best = { formulation, price };
  }
  return best;
}

/** What a convolution costs in a layout; infinite where nothing fits. */
export function convPrice<K extends ConvName>(op: K, node: ConvNode<K>, layout: Formulation<K>['layout']): number {
  return cheapest(op, node, layout).price;
}

function onTensors<K extends ConvName>(op: K): Lower<K> {
  return (context, node) => (cheapest(op, node, 'tensor').formulation as TensorFormulation<K>).lower(context, node);
}

function byRows<K extends ConvName>(op: K): LowerRows<K> {
  return (context, node) => (cheapest(op, node, 'rows').formulation as RowsFormulation<K>).lower(context, node);
}

/** Lowerings of the convolution ops on tensors. */
export const CONV: { readonly [K in ConvName]: Lower<K> } = {
  conv2d: onTensors('conv2d'),
  conv2dInputGrad: onTensors('conv2dInputGrad'),
  conv2dWeightGrad: onTensors('conv2dWeightGrad'),
};

/** Lowerings of the convolution ops by rows. */
export const CONV_ROWS: { readonly [K in ConvName]: LowerRows<K> } = {
  conv2d: byRows('conv2d'),
  conv2dInputGrad: byRows('conv2dInputGrad'),
  conv2dWeightGrad: byRows('conv2dWeightGrad'),
};
