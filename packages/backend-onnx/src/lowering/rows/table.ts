/**
 * The ops that can work on pictures by rows: whether a node fits, how it is lowered, and what it costs beyond the same on
 * tensors. Ops that are missing here work on tensors alone.
 */
import { type AnyNode, sizeOf, type TensorType } from '@cyclegan/core';
import { CONV_ROWS, convPrice } from '../conv/choose.ts';
import type { ConvName, ConvNode } from '../conv/formulation.ts';
import { copied, NODE } from '../cost.ts';
import { ELEMENTWISE } from '../elementwise.ts';
import type { LayoutPrices } from '../layout/assign.ts';
import type { Lower, LoweredName } from '../lower.ts';
import { elementwise, fitsElementwise } from './elementwise.ts';
import type { LowerRows } from './lower-rows.ts';
import { fitsNormalize, normalizeGradRows, normalizeRows } from './normalize.ts';
import { sumRows } from './reductions.ts';
import * as views from './views.ts';

type ViewName = 'reflectPad' | 'reflectPadGrad' | 'pad' | 'slice' | 'concat' | 'broadcast';

const VIEWS: { readonly [K in ViewName]: LowerRows<K> } = {
  reflectPad: views.reflectPadRows,
  reflectPadGrad: views.reflectPadGradRows,
  pad: views.padRows,
  slice: views.sliceRows,
  concat: views.concatRows,
  broadcast: views.broadcastRows,
};

const FITS_VIEW: { readonly [K in ViewName]: (node: never) => boolean } = {
  reflectPad: () => true,
  reflectPadGrad: () => true,
  pad: views.fitsPad,
  slice: views.fitsSlice,
  concat: views.fitsConcat,
  broadcast: views.fitsBroadcast,
};

/** The lowering of a node by rows, which the assignment has found to fit. */
export function rowsLowering({ op }: AnyNode): LowerRows<LoweredName> {
  if (op in CONV_ROWS) return CONV_ROWS[op as ConvName] as LowerRows<LoweredName>;
  if (op in ELEMENTWISE) return elementwise(ELEMENTWISE[op as keyof typeof ELEMENTWISE] as Lower<LoweredName>);
  if (op in VIEWS) return VIEWS[op as ViewName] as LowerRows<LoweredName>;
  const others = { normalize: normalizeRows, normalizeGrad: normalizeGradRows, sum: sumRows };
  return others[op as keyof typeof others] as LowerRows<LoweredName>;
}

const IMPOSSIBLE: LayoutPrices = { tensor: 0, rows: Number.POSITIVE_INFINITY, byRows: [], makesRows: false };

/** What a node costs in each layout. */
export function layoutPrices(node: AnyNode): LayoutPrices {
  const { op, inputs } = node;
  if (op in CONV_ROWS) return convPrices(op as ConvName, node as unknown as ConvNode<ConvName>);
  const pictures = inputs.flatMap(({ shape }, at) => (shape.length === 4 ? [at] : []));
  const possible = { byRows: pictures, makesRows: true };
  // ties go to tensors
  if (op in ELEMENTWISE) return fitsElementwise(node) && pictures.length > 0 ? { ...possible, tensor: 0, rows: 0.1 } : IMPOSSIBLE;
  if (op in VIEWS) return FITS_VIEW[op as ViewName](node as never) ? { ...possible, ...viewPrices(node) } : IMPOSSIBLE;
  if (op === 'sum') return views.fitsSum(node) ? { ...possible, tensor: 0, rows: 0.1 } : IMPOSSIBLE;
  if (op === 'normalize' || op === 'normalizeGrad') return { ...possible, ...normPrices(node, node.params.axes) };
  return IMPOSSIBLE;
}

function convPrices<K extends ConvName>(op: K, node: ConvNode<K>): LayoutPrices {
  return {
    tensor: convPrice(op, node, 'tensor'),
    rows: convPrice(op, node, 'rows'),
    byRows: op === 'conv2dWeightGrad' ? [0, 1] : [0],
    makesRows: op !== 'conv2dWeightGrad',
  };
}

function viewPrices({ op, outputs: [y] }: AnyNode): { tensor: number; rows: number } {
  const work = copied(sizeOf(y?.shape ?? []));
  if (op === 'reflectPadGrad') return { tensor: 3 * work + 16 * NODE, rows: 0 };
  return op === 'concat' || op === 'broadcast' ? { tensor: 0, rows: 0.1 } : { tensor: work, rows: 0 };
}

function normPrices({ op, inputs: [x] }: AnyNode, axes: readonly number[]): { tensor: number; rows: number } {
  if (!fitsNormalize(x as TensorType, axes)) return { tensor: 0, rows: Number.POSITIVE_INFINITY };
  const pass = copied(sizeOf(x?.shape ?? []));
  // on tensors instance norm is a single operator; by rows it is five passes, as batch norm is in either layout
  const fused = op === 'normalize' && axes.length === 2;
  return { tensor: fused ? 1.5 * pass : 6 * pass, rows: 5 * pass };
}
