/** Definitions of the composite ops, from the formulas of the papers and of PyTorch's documentation rather than from their decompositions. */
import type { CompositeName, OpParams, PoolGeometry } from '../../graph/ops.ts';
import type { HostTensor, Shape } from '../../tensor.ts';
import { positions } from './convolution.ts';
import { type Field, fibre, type Index, type Oracle, operand, range, reduced, reducedShape, tabulate, total } from './index-notation.ts';

/** Oracles of the composite ops. */
export const compositeOracles: { readonly [K in CompositeName]: Oracle<K> } = {
  normalize: (inputs, { axes, epsilon }) => {
    const x = operand(inputs, 0);
    const mean = (index: Index) => average(fibre(x.shape, axes, index), (other) => x.at(other));
    const variance = (index: Index) => {
      const centre = mean(index);
      return average(fibre(x.shape, axes, index), (other) => (x.at(other) - centre) ** 2);
    };
    const deviation = (index: Index) => Math.sqrt(variance(index) + epsilon);
    return [
      tabulate(x.shape, (index) => (x.at(index) - mean(index)) / deviation(index)),
      tabulate(reducedShape(x.shape, axes), mean),
      tabulate(reducedShape(x.shape, axes), (index) => 1 / deviation(index)),
    ];
  },
  // dx_j = sum over i of dy_i dy_i/dx_j, with the Jacobian dy_i/dx_j = rstd (1[i = j] - 1/n - y_i y_j / n)
  reluGrad: (inputs, { slope }) => {
    const [dy, y] = [operand(inputs, 0), operand(inputs, 1)];
    return [tabulate(y.shape, (i) => dy.at(i) * (y.at(i) > 0 ? 1 : slope))];
  },
  normalizeGrad: (inputs, { axes }) => {
    const [dy, y, rstd] = [operand(inputs, 0), operand(inputs, 1), operand(inputs, 2)];
    const element = (j: Index) => {
      const group = fibre(y.shape, axes, j);
      const jacobian = (i: Index) => rstd.at(reduced(j, axes)) * (Number(equal(i, j)) - (1 + y.at(i) * y.at(j)) / group.length);
      return total(group, (i) => dy.at(i) * jacobian(i));
    };
    return [tabulate(y.shape, element)];
  },
  // Kingma and Ba, algorithm 1, with both bias corrections given
  adam: (inputs, { beta1, beta2, epsilon }) => {
    const [weight, m, v, gradient] = [operand(inputs, 0), operand(inputs, 1), operand(inputs, 2), operand(inputs, 3)];
    const [stepSize, correction] = [operand(inputs, 4).at([]), operand(inputs, 5).at([])];
    const nextM = (index: Index) => beta1 * m.at(index) + (1 - beta1) * gradient.at(index);
    const nextV = (index: Index) => beta2 * v.at(index) + (1 - beta2) * gradient.at(index) ** 2;
    const next = (index: Index) => weight.at(index) - (stepSize * nextM(index)) / (correction * Math.sqrt(nextV(index)) + epsilon);
    return [next, nextM, nextV].map((value) => tabulate(weight.shape, value));
  },
  maxPool: (inputs, geometry) => pool(operand(inputs, 0), geometry, (values) => Math.max(...values)),
  averagePool: (inputs, geometry) => {
    const area = geometry.kernel[0] * geometry.kernel[1];
    return pool(operand(inputs, 0), geometry, (values) => total(values, (value) => value) / area);
  },
  resize: (inputs, { size, mode }) => {
    const x = operand(inputs, 0);
    const [n = 0, c = 0, height = 0, width = 0] = x.shape;
    const element = ([image = 0, channel = 0, i = 0, j = 0]: Index) => {
      const rows = neighbours(i, height, size[0], mode);
      const columns = neighbours(j, width, size[1], mode);
      return total(rows, (row) => total(columns, (column) => row.share * column.share * x.at([image, channel, row.at, column.at])));
    };
    return [tabulate([n, c, ...size], element)];
  },
  softmaxCrossEntropy: (inputs) => {
    const [logits, target] = [operand(inputs, 0), operand(inputs, 1)];
    const element = (index: Index) => {
      const classes = fibre(logits.shape, [1], index);
      const highest = Math.max(...classes.map((k) => logits.at(k)));
      const logPartition = highest + Math.log(total(classes, (k) => Math.exp(logits.at(k) - highest)));
      return total(classes, (k) => target.at(k) * (logPartition - logits.at(k)));
    };
    return [tabulate(reducedShape(logits.shape, [1]), element)];
  },
};

function average<T>(items: readonly T[], value: (item: T) => number): number {
  return total(items, value) / items.length;
}

function equal(a: Index, b: Index): boolean {
  return a.every((at, axis) => at === b[axis]);
}

/** Each window of the padded picture, reduced from those of its elements that lie inside the picture. */
function pool(x: Field, { kernel, strides, padding }: PoolGeometry, reduce: (values: number[]) => number): HostTensor[] {
  const [n = 0, c = 0, height = 0, width = 0] = x.shape;
  const [top, bottom, left, right] = padding;
  const rows = positions(top + height + bottom, kernel[0], strides[0]).map((start) => inside(start - top, kernel[0], height));
  const columns = positions(left + width + right, kernel[1], strides[1]).map((start) => inside(start - left, kernel[1], width));
  const shape: Shape = [n, c, rows.length, columns.length];
  const element = ([image = 0, channel = 0, i = 0, j = 0]: Index) =>
    reduce((rows[i] ?? []).flatMap((row) => (columns[j] ?? []).map((column) => x.at([image, channel, row, column]))));
  return [tabulate(shape, element)];
}

function inside(start: number, count: number, extent: number): number[] {
  return range(count)
    .map((offset) => start + offset)
    .filter((at) => at >= 0 && at < extent);
}

/** The samples that position `i` of a resized axis is interpolated from, with their shares (torch.nn.functional.interpolate). */
function neighbours(i: number, from: number, to: number, mode: OpParams['resize']['mode']): { at: number; share: number }[] {
  if (mode === 'nearest') return [{ at: Math.floor((i * from) / to), share: 1 }];
  const aligned = to === 1 ? 0 : (i * (from - 1)) / (to - 1);
  const position = mode === 'bilinearAligned' ? aligned : ((i + 0.5) * from) / to - 0.5;
  const below = Math.floor(position);
  const clamp = (at: number) => Math.min(Math.max(at, 0), from - 1);
  return [
    { at: clamp(below), share: 1 - (position - below) },
    { at: clamp(below + 1), share: position - below },
  ];
}
