/** What the onnx and webgpu backends make of graphs. */
import { GOLDEN, type Mutation, testsOf } from './mutation.ts';

const onnx = testsOf('packages/backend-onnx', 'parity');

const ADAM_KERNEL = testsOf('packages/backend-onnx', 'unit')('kernel of Adam', 'adam-kernel.test.ts');
const SUBGROUPS = testsOf('packages/backend-webgpu', 'parity')('subgroups', 'subgroups.test.ts');
const WINOGRAD = testsOf('packages/backend-webgpu', 'parity')("Winograd's convolution on WebGPU", 'winograd.test.ts');
const ONNX_CONV = onnx('convolutions on onnx', 'conv.test.ts');
const ONNX_OPS = onnx('lowerings to onnx', 'lowering.test.ts');
const ONNX_ROWS = onnx('pictures by rows', 'rows.test.ts');
const ROW_SUMS = onnx('sums of rows', 'sum-of-rows.test.ts');
const ONNX_UPDATES = onnx('updates on the host', 'host-updates.test.ts');
const FORCED_ORDER = testsOf('packages/backend-onnx', 'unit')('forced order', 'order/force-order.test.ts');
const LOWERING = 'packages/backend-onnx/src/lowering';
const HOST = 'packages/backend-onnx/src/host-updates.ts';
const ADAM_KERNEL_SOURCE = 'packages/backend-onnx/src/adam-kernel.ts';

/** The lowering to ONNX. */
const ONNX: readonly Mutation[] = [
  {
    name: 'onnx: kernels of the input gradient not flipped',
    file: `${LOWERING}/conv/flipped-weights.ts`,
    find: 'if (height === 1 && width === 1) return channels;',
    replace: 'if (height > 0) return channels;',
    caughtBy: ONNX_CONV,
  },
  {
    name: 'onnx: transposed convolution without output padding',
    file: `${LOWERING}/conv/input-grad-transposed.ts`,
    find: 'output_padding: ints(leftOver) }',
    replace: 'output_padding: ints([0, 0]) }',
    caughtBy: ONNX_CONV,
  },
  {
    name: 'onnx: cotangents unfolded in the order of the kernel',
    file: `${LOWERING}/conv/weight-grad-unfolded-output.ts`,
    find: 'backwards: true',
    replace: 'backwards: false',
    caughtBy: ONNX_CONV,
  },
  {
    name: 'onnx: mean in place of a sum',
    file: `${LOWERING}/reductions.ts`,
    find: "reduce(context, 'ReduceSum', x, params.axes)",
    replace: "reduce(context, 'ReduceMean', x, params.axes)",
    caughtBy: ONNX_OPS,
  },
  {
    name: 'onnx: edges repeated in reflection padding',
    file: `${LOWERING}/reflect-pad.ts`,
    find: "mode: text('reflect')",
    replace: "mode: text('edge')",
    caughtBy: ONNX_OPS,
  },
  {
    name: "onnx: ReLU's gradient as a slope and not as a step",
    file: `${LOWERING}/elementwise.ts`,
    find: 'const STEEP = 3e38',
    replace: 'const STEEP = 1',
    caughtBy: ONNX_ROWS,
  },
  {
    name: 'rows: sums of overlapping tiles without the rows that need more summands than most',
    file: `${LOWERING}/rows/sum-of-rows.ts`,
    find: 'if (exceptions === undefined) return matrix;',
    replace: 'if (exceptions === undefined || exceptions.rows.length > 0) return matrix;',
    caughtBy: ROW_SUMS,
  },
  {
    name: 'rows: blocks of rows begin a block late',
    file: `${LOWERING}/rows/sum-of-rows.ts`,
    find: 'runs[runs.length - 1] = { ...last, end };',
    replace: 'runs[runs.length - 1] = { ...last, start: last.end, end };',
    caughtBy: ROW_SUMS,
  },
  {
    name: 'rows: edges repeated in reflection padding',
    file: `${LOWERING}/rows/views.ts`,
    find: '2 * (extent - 1) - inside',
    replace: '2 * extent - 1 - inside',
    caughtBy: ONNX_ROWS,
  },
  {
    name: 'rows: statistics of each picture over the whole batch',
    file: `${LOWERING}/rows/normalize.ts`,
    find: "axes.length === 2 ? 'picture' : 'batch'",
    replace: "axes.length === 0 ? 'picture' : 'batch'",
    caughtBy: ONNX_ROWS,
  },
  {
    name: 'winograd: tiles of the input further apart than those of the output',
    file: `${LOWERING}/conv/winograd/tiling.ts`,
    find: 'stride * (tileY * side + placeY)',
    replace: 'stride * (tileY * span + placeY)',
    caughtBy: ONNX_CONV,
  },
  {
    name: 'winograd: phases of a kernel transposed',
    file: `${LOWERING}/conv/winograd/tiling.ts`,
    find: 'Math.floor(tap / taps) * stride + Math.floor(phase / stride)',
    replace: 'Math.floor(tap / taps) * stride + (phase % stride)',
    caughtBy: ONNX_CONV,
  },
  {
    name: 'winograd: results of a tile in the wrong order',
    file: `${LOWERING}/conv/winograd/matrices.ts`,
    find: 'row === m - 1 ? 1 : 0',
    replace: 'row === 0 ? 1 : 0',
    caughtBy: ONNX_CONV,
  },
  {
    name: 'gathered convolutions: input positions taken for those of the padded input',
    file: `${LOWERING}/conv/positions.ts`,
    find: 'along(y + top - i * dilation[0], strides[0])',
    replace: 'along(y - i * dilation[0], strides[0])',
    caughtBy: ONNX_CONV,
  },
  {
    name: 'polyphase: kernel elements of a phase counted without the padding',
    file: `${LOWERING}/conv/input-grad-polyphase.ts`,
    find: '(b + left - j * dilation[1]) % strides[1] === 0',
    replace: '(b - j * dilation[1]) % strides[1] === 0',
    caughtBy: ONNX_CONV,
  },
  {
    name: 'order: a node does not wait for those before it',
    file: 'packages/backend-onnx/src/order/force-order.ts',
    find: 'if (awaited.length === 0 || at < 0) return node;',
    replace: 'if (awaited.length === 0 || at >= 0) return node;',
    caughtBy: FORCED_ORDER,
  },
  {
    name: 'order: the search goes upwards in the file',
    file: 'packages/backend-onnx/src/order/execution-order.ts',
    find: '.sort((a, b) => a - b)',
    replace: '.sort((a, b) => b - a)',
    caughtBy: FORCED_ORDER,
  },
];

/** Updates of variables that the host makes for the onnx backend. */
const HOST_UPDATES: readonly Mutation[] = [
  {
    name: 'host: no update is made',
    file: 'packages/backend-onnx/src/adam-memory.ts',
    find: 'this.#kernel({ ...at, length: sizeOf(type.shape), beta1, beta2, rate, floor });',
    replace: 'void [at, type, beta1, beta2, rate, floor];',
    caughtBy: ONNX_UPDATES,
  },
  {
    name: 'host: gradient added in full to the first moment',
    file: ADAM_KERNEL_SOURCE,
    find: '...get(SLOPE), ...get(REST1), ...MUL, ...ADD, ...tee(FIRST)',
    replace: '...get(SLOPE), ...ADD, ...tee(FIRST)',
    caughtBy: ADAM_KERNEL,
  },
  {
    name: 'host: eps added before the bias correction',
    file: 'packages/backend-onnx/src/adam-memory.ts',
    find: 'epsilon / correction]',
    replace: 'epsilon]',
    caughtBy: ONNX_UPDATES,
  },
  {
    name: 'host: the gradient in place of its moment in the step',
    file: ADAM_KERNEL_SOURCE,
    find: '...get(FIRST), ...get(RATE)',
    replace: '...get(SLOPE), ...get(RATE)',
    caughtBy: ADAM_KERNEL,
  },
  {
    name: 'host: the last numbers of a weight left as they are',
    file: ADAM_KERNEL_SOURCE,
    find: 'weight + length * BYTES',
    replace: 'weight + (length - LANES + 1) * BYTES',
    caughtBy: ADAM_KERNEL,
  },
  {
    name: 'both of two joined batches are the first',
    file: 'packages/core/src/models/networks.ts',
    find: 'sliceAxis(joined, 0, from, from + n)',
    replace: 'sliceAxis(joined, 0, 0 * from, n)',
    caughtBy: GOLDEN,
  },
  {
    name: 'host: places of entries not clamped from below',
    file: HOST,
    find: 'Math.max(value(part.index)[0] ?? 0, 0)',
    replace: 'Math.abs(value(part.index)[0] ?? 0)',
    caughtBy: ONNX_UPDATES,
  },
  {
    name: 'host: images of a batch enter the buffer in reverse',
    file: HOST,
    find: 'parts.unshift({ values, index })',
    replace: 'parts.push({ values, index })',
    caughtBy: ONNX_UPDATES,
  },
  {
    name: 'host: what the model updates is lost',
    file: 'packages/backend-onnx/src/program.ts',
    find: 'store.replace(name, results[next] as Tensor)',
    replace: '[store, name, next]',
    caughtBy: ONNX_UPDATES,
  },
];

/** The kernels of the webgpu backend. */
const WEBGPU: readonly Mutation[] = [
  {
    name: 'webgpu: of the results of subgroups, only one round is added up',
    file: 'packages/backend-webgpu/src/kernels/total.ts',
    find: 'at < subgroups; at += present',
    replace: 'at < min(subgroups, present); at += present',
    caughtBy: SUBGROUPS,
  },
  {
    name: "webgpu: Winograd's input gradient with the kernel as it is, not turned",
    file: 'packages/backend-webgpu/src/kernels/winograd-weights.ts',
    find: 'isTurned ? 8 - tap : tap',
    replace: 'isTurned ? tap : tap',
    caughtBy: WINOGRAD,
  },
];

/** All of these. */
export const BACKENDS: readonly Mutation[] = [...ONNX, ...HOST_UPDATES, ...WEBGPU];
