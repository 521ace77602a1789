/** Networks, operations with their gradients, and passes over graphs. */
import { GOLDEN, type Mutation, testsOf } from './mutation.ts';

const unit = testsOf('packages/core', 'unit');

const OP_CASES = unit('op cases', 'ops/parity.test.ts');
const GRADIENTS = unit('gradients of op cases', 'autodiff/gradients.test.ts');
const KINKS = unit('gradients by hand', 'autodiff/grad.test.ts');
const LAYER_TESTS = unit('layers', 'nn/layers.test.ts');
const NODE_ORDER = unit('order of graphs', 'passes/schedule.test.ts');
const RECOMPUTED = unit('recomputing', 'passes/recompute.test.ts');
const OFFSETS = unit('simplified norms', 'passes/simplify-normalize.test.ts');
const LAYERS = 'packages/core/src/nn/layers.ts';
const RESNET = 'packages/core/src/models/resnet.ts';
const UNET = 'packages/core/src/models/unet.ts';
const DISCRIMINATORS = 'packages/core/src/models/discriminators.ts';
const COMPOSITES = 'packages/core/src/composites.ts';
const RULES = 'packages/core/src/autodiff/rules.ts';
const REFERENCE_CONV = 'packages/core/src/reference/conv.ts';

/** The networks and their layers. */
const NETWORKS: readonly Mutation[] = [
  {
    name: 'zero padding for reflection in the residual blocks',
    file: RESNET,
    find: 'reflectPad(input, 1), options, context)',
    replace: 'input, { ...options, padding: 1 }, context)',
    caughtBy: GOLDEN,
  },
  {
    name: 'zero padding for reflection in the stem',
    file: RESNET,
    find: 'reflectPad(picture, 3), { filters: stem, kernel: 7, bias }',
    replace: 'picture, { filters: stem, kernel: 7, padding: 3, bias }',
    caughtBy: GOLDEN,
  },
  {
    name: 'residual block without its shortcut',
    file: RESNET,
    find: 'return add(x, half(1, spec.dropout ? dropout(scope, hidden, context) : hidden, x.shape[1] ?? 0));',
    replace: 'return half(1, spec.dropout ? dropout(scope, hidden, context) : hidden, x.shape[1] ?? 0);',
    caughtBy: GOLDEN,
  },
  {
    name: 'U-Net: skip connection behind the deeper level',
    file: UNET,
    find: 'concat([inner, deeper], 1)',
    replace: 'concat([deeper, inner], 1)',
    caughtBy: GOLDEN,
  },
  {
    name: 'discriminators: slope of leaky ReLU 0.01',
    file: DISCRIMINATORS,
    find: 'const SLOPE = 0.2',
    replace: 'const SLOPE = 0.01',
    caughtBy: GOLDEN,
  },
  {
    name: 'norm: eps outside the root',
    file: COMPOSITES,
    find: 'rsqrt(add(mean(square(centred), axes), epsilon))',
    replace: 'div(1, add(sqrt(mean(square(centred), axes)), epsilon))',
    caughtBy: GOLDEN,
  },
  {
    name: 'batch norm: running variance biased',
    file: LAYERS,
    find: 'mul(sub(div(1, square(batch.rstd)), EPSILON), count / (count - 1))',
    replace: 'sub(div(1, square(batch.rstd)), EPSILON)',
    caughtBy: GOLDEN,
  },
  {
    name: 'batch norm: eps left in the running variance',
    file: LAYERS,
    find: 'mul(sub(div(1, square(batch.rstd)), EPSILON), count / (count - 1))',
    replace: 'mul(div(1, square(batch.rstd)), count / (count - 1))',
    caughtBy: GOLDEN,
  },
  {
    name: 'batch norm: momentum 0.9 (the other convention)',
    file: LAYERS,
    find: 'const MOMENTUM = 0.1',
    replace: 'const MOMENTUM = 0.9',
    caughtBy: GOLDEN,
  },
  {
    name: 'batch norm: statistics of the batch when translating',
    file: LAYERS,
    find: 'if (!training) return affine(',
    replace: 'if (training === undefined) return affine(',
    caughtBy: LAYER_TESTS,
  },
  {
    name: 'dropout: what is kept not doubled',
    file: LAYERS,
    find: 'x.shape)), 2) : x',
    replace: 'x.shape)), 1) : x',
    caughtBy: LAYER_TESTS,
  },
];

/** Kernels of the reference backend, and gradient rules. */
const OPS: readonly Mutation[] = [
  {
    name: 'convolution: kernels transposed',
    file: REFERENCE_CONV,
    find: `for (let ky = 0; ky < kernelHeight; ky++) {
    const rows = meeting({ shift: ky * dilation[0] - padding[0], stride: strides[0], extent: height, outputs: outHeight });
    for (let kx = 0; kx < kernelWidth; kx++) {
      const columns = meeting({ shift: kx * dilation[1] - padding[2], stride: strides[1], extent: width, outputs: outWidth });`,
    replace: `for (let kx = 0; kx < kernelWidth; kx++) {
    const columns = meeting({ shift: kx * dilation[1] - padding[2], stride: strides[1], extent: width, outputs: outWidth });
    for (let ky = 0; ky < kernelHeight; ky++) {
      const rows = meeting({ shift: ky * dilation[0] - padding[0], stride: strides[0], extent: height, outputs: outHeight });`,
    caughtBy: GOLDEN,
  },
  {
    name: 'convolution: input gradient shifted by a pixel',
    file: REFERENCE_CONV,
    find: 'dx[xi]! += factor * cotangent[yi++]!',
    replace: 'dx[xi + 1]! += factor * cotangent[yi++]!',
    caughtBy: OP_CASES,
  },
  {
    name: 'convolution: bottom and left padding mixed up',
    file: REFERENCE_CONV,
    find: 'kx * dilation[1] - padding[2]',
    replace: 'kx * dilation[1] - padding[1]',
    caughtBy: OP_CASES,
  },
  {
    name: 'convolution: weight gradient taken for constant in second order',
    file: RULES,
    find: '() => conv2d(x, dw, geometry)',
    replace: '() => fill(dy, 0)',
    caughtBy: GRADIENTS,
  },
  {
    name: 'reflection padding: gradient not folded back',
    file: 'packages/core/src/reference/reflect-pad.ts',
    find: 'result[inner]! += source[padded]!',
    replace: 'result[inner] = source[padded]!',
    caughtBy: OP_CASES,
  },
  {
    name: 'normalize: gradient without the projection on the output',
    file: COMPOSITES,
    find: 'sub(sub(dy, mean(dy, axes)), projected)',
    replace: 'sub(dy, mean(dy, axes))',
    caughtBy: GRADIENTS,
  },
  {
    name: 'tanh: wrong gradient',
    file: RULES,
    find: 'tanh: (dy, { y }) => [() => mul(dy, sub(1, square(y)))]',
    replace: 'tanh: (dy, { x }) => [() => mul(dy, sub(1, square(x)))]',
    caughtBy: GRADIENTS,
  },
  {
    name: 'strided slice: gradient without the gaps',
    file: RULES,
    find: `const reach = dy.shape.map((extent, axis) => (starts[axis] ?? 0) + (extent - 1) * (steps[axis] ?? 1) + 1);
      return pad(
        dy,
        starts,
        x.shape.map((extent, axis) => extent - (reach[axis] ?? 0)),
        { interior: steps.map((step) => step - 1) },
      );`,
    replace: `const reach = dy.shape.map((extent, axis) => (starts[axis] ?? 0) + extent + 0 * (steps[axis] ?? 1));
      return pad(
        dy,
        starts,
        x.shape.map((extent, axis) => extent - (reach[axis] ?? 0)),
      );`,
    caughtBy: GRADIENTS,
  },
  {
    name: 'leaky ReLU: gradient 1 at 0',
    file: COMPOSITES,
    find: "compare(result, 'gt', 0)",
    replace: "compare(result, 'ge', 0)",
    caughtBy: KINKS,
  },
  {
    name: 'abs: gradient 1 at 0',
    file: RULES,
    find: 'mul(dy, sign(x))]',
    replace: "mul(dy, select(compare(x, 'lt', 0), fill(x, -1), fill(x, 1)))]",
    caughtBy: KINKS,
  },
];

/** Passes over graphs that keep the results: what they are for is seen by their own tests. */
const PASSES: readonly Mutation[] = [
  {
    name: 'schedule: gradients of weights at the end of the step',
    file: 'packages/core/src/passes/schedule.ts',
    find: '(node) => tail.has(node) || !covered.has(node)',
    replace: '(node) => tail.has(node) && covered.has(node)',
    caughtBy: NODE_ORDER,
  },
  {
    name: 'schedule: all backward passes for the last one',
    file: 'packages/core/src/passes/schedule.ts',
    find: 'goals: goals.reverse()',
    replace: 'goals: goals.slice(0, 1)',
    caughtBy: NODE_ORDER,
  },
  {
    name: 'simplify: an offset before a norm lost from its mean',
    file: 'packages/core/src/passes/simplify-normalize.ts',
    find: 'return [y, add(mean, c), rstd]',
    replace: 'return [y, mean, rstd]',
    caughtBy: OFFSETS,
  },
  {
    name: 'simplify: a sum of what was centred along other axes taken for zero',
    file: 'packages/core/src/passes/simplify-normalize.ts',
    find: 'params.axes.includes(axis) || shape[axis] === 1',
    replace: 'params.axes.length > 0 || shape[axis] === 1',
    caughtBy: OFFSETS,
  },
  {
    name: 'recompute: nothing counts as cheap',
    file: 'packages/core/src/passes/recompute.ts',
    find: 'if (!CHEAP.has(node.op)) return most + 1;',
    replace: 'if (CHEAP.size > 0) return most + 1;',
    caughtBy: RECOMPUTED,
  },
];

/** All of these. */
export const GRAPHS: readonly Mutation[] = [...NETWORKS, ...OPS, ...PASSES];
