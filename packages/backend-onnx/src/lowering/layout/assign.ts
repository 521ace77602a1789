/**
 * Which nodes of a graph work on pictures by rows and which on tensors N x C x H x W. Each op has a price in either layout
 * and each tensor one for changing it, paid once; the assignment of least total price is a minimum cut.
 */
import { type AnyNode, type Graph, sizeOf, type Tensor } from '@cyclegan/core';
import { NODE, transposed } from '../cost.ts';
import { CutNetwork } from './min-cut.ts';

/** Prices of a node, in the unit of cost.ts; infinite where it cannot work so. */
export interface LayoutPrices {
  readonly tensor: number;
  readonly rows: number;
  /** Operands that it reads by rows when it works by rows; the others it reads as tensors. */
  readonly byRows: readonly number[];
  /** Whether its results are by rows then. */
  readonly makesRows: boolean;
}

/** The nodes of `graph` that work by rows. */
export function assignLayouts(graph: Graph, pricesOf: (node: AnyNode) => LayoutPrices): ReadonlySet<AnyNode> {
  const network = new CutNetwork();
  const places = new Map<AnyNode, number>();
  const fixed = network.node({ near: 0, far: Number.POSITIVE_INFINITY });
  const readers = new Map<Tensor, Set<number>>();
  const read = (tensor: Tensor, reader: number) => readers.set(tensor, (readers.get(tensor) ?? new Set()).add(reader));
  for (const node of graph.nodes) {
    const { tensor, rows, byRows } = pricesOf(node);
    if (rows < Number.POSITIVE_INFINITY) places.set(node, network.node({ near: tensor, far: rows }));
    node.inputs.forEach((input, at) => {
      read(input, byRows.includes(at) ? (places.get(node) ?? fixed) : fixed);
    });
  }
  for (const tensor of graph.outputs.values()) read(tensor, fixed);
  for (const { update } of graph.variables.values()) if (update !== undefined) read(update, fixed);
  for (const [tensor, users] of readers) {
    const maker = pricesOf(tensor.node).makesRows ? (places.get(tensor.node) ?? fixed) : fixed;
    connect(network, maker, [...users], conversionPrice(tensor));
  }
  const near = network.solve();
  return new Set([...places].flatMap(([node, place]) => (near(place) ? [] : [node])));
}

/** Makes a change of layout between a tensor's maker and any of its readers cost `price`, once for each direction. */
function connect(network: CutNetwork, maker: number, readers: readonly number[], price: number): void {
  const others = readers.filter((reader) => reader !== maker);
  const [only] = others;
  if (only === undefined) return;
  if (others.length === 1) {
    network.edge(maker, only, price);
    network.edge(only, maker, price);
    return;
  }
  const someByRows = network.node({ near: 0, far: 0 });
  const someAsTensor = network.node({ near: 0, far: 0 });
  network.edge(maker, someByRows, price);
  network.edge(someAsTensor, maker, price);
  for (const reader of others) {
    network.edge(someByRows, reader, Number.POSITIVE_INFINITY);
    network.edge(reader, someAsTensor, Number.POSITIVE_INFINITY);
  }
}

function conversionPrice({ shape }: Tensor): number {
  const [, c = 1, height = 1, width = 1] = shape;
  return c === 1 || height * width === 1 ? NODE : NODE + transposed(sizeOf(shape));
}
