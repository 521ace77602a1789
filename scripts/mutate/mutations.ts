/**
 * Ways to break the code, each with the check that has to notice. Mistakes that ports of CycleGAN have really made come first.
 * A mutation is a plain replacement of source text, so that it goes stale loudly; add one here for every bug that a test should keep out.
 */
import type { Check } from './checks.ts';
import type { Edit } from './sandbox.ts';

/** One way to break the code. */
export interface Mutation extends Edit {
  readonly name: string;
  readonly caughtBy: Check;
}

const golden = (name: string, engine: 'reference:cpu' | 'onnx:cpu'): Check => ({ kind: 'golden', name, engine });
const unit = (name: string, file: string): Check => ({ kind: 'tests', name, project: 'unit', file: `packages/core/test/unit/${file}` });
const onnx = (name: string, file: string): Check => ({
  kind: 'tests',
  name,
  project: 'parity',
  file: `packages/backend-onnx/test/parity/${file}`,
});

const formats = (name: string, file: string): Check => ({
  kind: 'tests',
  name,
  project: 'unit',
  file: `packages/formats/test/unit/${file}`,
});

const GOLDEN = golden('golden runs', 'reference:cpu');
const OP_CASES = unit('op cases', 'ops/parity.test.ts');
const GRADIENTS = unit('gradients of op cases', 'autodiff/gradients.test.ts');
const KINKS = unit('gradients by hand', 'autodiff/grad.test.ts');
const BUFFER_TESTS = unit('image buffer', 'training/image-pool.test.ts');
const STEP_TESTS = unit('CycleGAN step', 'training/cyclegan-step.test.ts');
const LAYER_TESTS = unit('layers', 'nn/layers.test.ts');
const LOSS_SCALE = unit('loss scale', 'training/loss-scale.test.ts');
const SCHEDULE_TESTS = unit('schedules', 'training/schedule.test.ts');
const ADAM_KERNEL: Check = {
  kind: 'tests',
  name: 'kernel of Adam',
  project: 'unit',
  file: 'packages/backend-onnx/test/unit/adam-kernel.test.ts',
};
const SUBGROUPS: Check = {
  kind: 'tests',
  name: 'subgroups',
  project: 'parity',
  file: 'packages/backend-webgpu/test/parity/subgroups.test.ts',
};
const WINOGRAD: Check = {
  kind: 'tests',
  name: "Winograd's convolution on WebGPU",
  project: 'parity',
  file: 'packages/backend-webgpu/test/parity/winograd.test.ts',
};
const PTH_READING = formats('reading .pth', 'torch/read.test.ts');
const PTH_WRITING = formats('writing .pth', 'torch/write.test.ts');
const ARCHITECTURE = formats('architecture by names and shapes', 'reference-weights.test.ts');
const NAMES = formats("the reference's names", 'reference-names.test.ts');
const EXPORT = onnx('exported generators', 'export.test.ts');
const ONNX_CONV = onnx('convolutions on onnx', 'conv.test.ts');
const ONNX_OPS = onnx('lowerings to onnx', 'lowering.test.ts');
const ONNX_ROWS = onnx('pictures by rows', 'rows.test.ts');
const ROW_SUMS = onnx('sums of rows', 'sum-of-rows.test.ts');
const ONNX_UPDATES = onnx('updates on the host', 'host-updates.test.ts');
const FORCED_ORDER: Check = {
  kind: 'tests',
  name: 'forced order',
  project: 'unit',
  file: 'packages/backend-onnx/test/unit/order/force-order.test.ts',
};
const DIAGNOSIS: Check = { kind: 'tests', name: 'warnings', project: 'unit', file: 'apps/cli/test/unit/diagnosis.test.ts' };
const NODE_ORDER = unit('order of graphs', 'passes/schedule.test.ts');
const RECOMPUTED = unit('recomputing', 'passes/recompute.test.ts');
const OFFSETS = unit('simplified norms', 'passes/simplify-normalize.test.ts');

const CYCLEGAN = 'packages/core/src/training/cyclegan-step.ts';
const PIX2PIX = 'packages/core/src/training/pix2pix-step.ts';
const BUFFER = 'packages/core/src/training/image-pool.ts';
const ADAM = 'packages/core/src/training/adam.ts';
const LOSSES = 'packages/core/src/training/losses.ts';
const MODEL = 'packages/core/src/training/model.ts';
const LAYERS = 'packages/core/src/nn/layers.ts';
const RESNET = 'packages/core/src/models/resnet.ts';
const UNET = 'packages/core/src/models/unet.ts';
const DISCRIMINATORS = 'packages/core/src/models/discriminators.ts';
const COMPOSITES = 'packages/core/src/composites.ts';
const RULES = 'packages/core/src/autodiff/rules.ts';
const REFERENCE_CONV = 'packages/core/src/reference/conv.ts';
const TORCH = 'packages/formats/src/torch';
const LOWERING = 'packages/backend-onnx/src/lowering';
const HOST = 'packages/backend-onnx/src/host-updates.ts';
const ADAM_KERNEL_SOURCE = 'packages/backend-onnx/src/adam-kernel.ts';

/** The training steps: who judges what, with which weight and in which order. */
const STEPS: readonly Mutation[] = [
  {
    name: 'discA judges fakeB, discB fakeA (D_A and D_B swapped)',
    file: CYCLEGAN,
    find: '{ genAB, genBA, discA, discB }: Networks,',
    replace: '{ genAB, genBA, discA: discB, discB: discA }: Networks,',
    caughtBy: GOLDEN,
  },
  {
    name: 'discA learns from pictures of B (fakes and reals swapped)',
    file: CYCLEGAN,
    find: "judge('discA', discA, realA, fakeA, 'fakeA')",
    replace: "judge('discA', discA, fakeA, realA, 'fakeA')",
    caughtBy: GOLDEN,
  },
  {
    name: 'the 0.5 of the discriminator loss dropped',
    file: CYCLEGAN,
    find: 'mul(add(onReal, onFake), 0.5)',
    replace: 'add(onReal, onFake)',
    caughtBy: GOLDEN,
  },
  {
    name: 'the 0.5 of the discriminator loss dropped in pix2pix',
    file: PIX2PIX,
    find: 'mul([...losses.values()].reduce(add), 0.5)',
    replace: '[...losses.values()].reduce(add)',
    caughtBy: GOLDEN,
  },
  {
    name: 'fakes not detached: generators learn from the discriminator loss',
    file: CYCLEGAN,
    find: `const found = [descend(recorder, total(terms), { learning: generators, frozen: discriminators, ...shared })];
    const judged = discriminatorTerms(recorder, nets, { fakeA, fakeB }, config);`,
    replace: `const judged = discriminatorTerms(recorder, nets, { fakeA, fakeB }, config);
    const found = [descend(recorder, add(total(terms), total(judged)), { learning: generators, frozen: discriminators, ...shared })];`,
    caughtBy: GOLDEN,
  },
  {
    name: 'overflown gradients taken for finite ones: the update is made',
    file: 'packages/core/src/training/loss-scale.ts',
    find: "areFinite: compare(overflown, 'eq', 0)",
    replace: "areFinite: compare(overflown, 'ge', 0)",
    caughtBy: LOSS_SCALE,
  },
  {
    name: 'frozen networks ignored: gradients flow through their updates',
    file: ADAM,
    find: '{ frozen: frozen.flatMap((scope) => [...scope.weights().values()]) }',
    replace: '{}',
    caughtBy: GOLDEN,
  },
  {
    name: 'identity loss dropped',
    file: CYCLEGAN,
    find: 'identityA: lambdaB * lambdaIdentity',
    replace: 'identityA: 0',
    caughtBy: GOLDEN,
  },
  {
    name: 'identity loss against the wrong picture',
    file: CYCLEGAN,
    find: 'l1Loss(keepB(), realB)',
    replace: 'l1Loss(keepB(), realA)',
    caughtBy: GOLDEN,
  },
  {
    name: 'identity loss with the other lambda',
    file: CYCLEGAN,
    find: 'identityA: lambdaB * lambdaIdentity, identityB: lambdaA * lambdaIdentity',
    replace: 'identityA: lambdaA * lambdaIdentity, identityB: lambdaB * lambdaIdentity',
    caughtBy: GOLDEN,
  },
  {
    name: 'lambda_A and lambda_B of the cycles swapped',
    file: CYCLEGAN,
    find: 'cycleA: lambdaA, cycleB: lambdaB',
    replace: 'cycleA: lambdaB, cycleB: lambdaA',
    caughtBy: GOLDEN,
  },
  {
    name: 'batch norm order in the discriminators: fake before real',
    file: CYCLEGAN,
    find: `const onReal = adversarialLoss(config.adversarial, ofReal(), 'real');
  const onFake = adversarialLoss(config.adversarial, ofFake(), 'fake');`,
    replace: `const onFake = adversarialLoss(config.adversarial, ofFake(), 'fake');
  const onReal = adversarialLoss(config.adversarial, ofReal(), 'real');`,
    caughtBy: GOLDEN,
  },
  {
    name: 'batch norm order in the generators: fakeA before recA',
    file: CYCLEGAN,
    find: `const recA = fakeB !== undefined && weights.cycleA > 0 ? genBA.apply(fakeB) : undefined;
  const fakeA = makeA.translated?.();`,
    replace: `const fakeA = makeA.translated?.();
  const recA = fakeB !== undefined && weights.cycleA > 0 ? genBA.apply(fakeB) : undefined;`,
    caughtBy: GOLDEN,
  },
  {
    name: 'LSGAN targets swapped',
    file: LOSSES,
    find: "label === 'real' ? 1 : 0",
    replace: "label === 'real' ? 0 : 1",
    caughtBy: GOLDEN,
  },
  {
    name: 'WGAN signs swapped',
    file: LOSSES,
    find: "label === 'real' ? neg(meanAll(logits)) : meanAll(logits)",
    replace: "label === 'real' ? meanAll(logits) : neg(meanAll(logits))",
    caughtBy: GOLDEN,
  },
  {
    name: 'gradient penalty of the batch and not of each sample',
    file: LOSSES,
    find: 'sum(square(add(gradient, 1e-16)), [1, 2, 3])',
    replace: 'sum(square(add(gradient, 1e-16)), [0, 1, 2, 3])',
    caughtBy: GOLDEN,
  },
  {
    name: 'gradient penalty between the wrong ends (alpha on the fakes)',
    file: LOSSES,
    find: 'add(mul(real, alpha), mul(fake, sub(1, alpha)))',
    replace: 'add(mul(fake, alpha), mul(real, sub(1, alpha)))',
    caughtBy: GOLDEN,
  },
];

/** The image buffer and the schedule. */
const BUFFER_AND_SCHEDULE: readonly Mutation[] = [
  {
    name: 'stale image buffer: updates never committed',
    file: BUFFER,
    find: 'trace.update(path, stored);',
    replace: '',
    caughtBy: BUFFER_TESTS,
  },
  {
    name: 'stale image buffer: every image of a batch sees it as before the batch',
    file: BUFFER,
    find: 'dynamicSlice(stored, index(k))',
    replace: 'dynamicSlice(trace.variable(path, [size, ...picture], ZEROS), index(k))',
    caughtBy: BUFFER_TESTS,
  },
  {
    name: 'image buffer: shows the old image after it was replaced',
    file: BUFFER,
    find: `shown.push(select(showOld(k), old, image));
    stored = dynamicUpdate(stored, select(store(k), image, old), index(k));`,
    replace: `stored = dynamicUpdate(stored, select(store(k), image, old), index(k));
    shown.push(select(showOld(k), dynamicSlice(stored, index(k)), image));`,
    caughtBy: BUFFER_TESTS,
  },
  {
    name: 'image buffer: the same decisions at every step',
    file: BUFFER,
    find: 'random.uniform(step, 2 * k)',
    replace: 'random.uniform(0, 2 * k)',
    caughtBy: BUFFER_TESTS,
  },
  {
    name: 'image buffer passed by: discriminators see the newest fakes alone',
    file: CYCLEGAN,
    find: 'imagePool(pool, fake, config.poolSize)',
    replace: 'fake',
    caughtBy: STEP_TESTS,
  },
  {
    name: 'linear decay starts an epoch late',
    file: 'packages/core/src/training/schedule.ts',
    find: 'epoch + 1 - schedule.epochs',
    replace: 'epoch - schedule.epochs',
    caughtBy: SCHEDULE_TESTS,
  },
];

/** Adam. */
const OPTIMISER: readonly Mutation[] = [
  {
    name: 'Adam: bias correction with t - 1',
    file: MODEL,
    find: 'adamFeeds(learningRate, step + 1, config.adam)',
    replace: 'adamFeeds(learningRate, Math.max(1, step), config.adam)',
    caughtBy: GOLDEN,
  },
  {
    name: 'Adam: eps inside the root',
    file: COMPOSITES,
    find: 'add(sqrt(nextV), div(epsilon, correction))',
    replace: 'sqrt(add(nextV, epsilon))',
    caughtBy: GOLDEN,
  },
  {
    name: 'Adam: eps added before the bias correction',
    file: COMPOSITES,
    find: 'add(sqrt(nextV), div(epsilon, correction))',
    replace: 'add(sqrt(nextV), epsilon)',
    caughtBy: OP_CASES,
  },
  {
    name: 'Adam: beta1 and beta2 swapped',
    file: ADAM,
    find: "emit('adam', inputs, { beta1, beta2, epsilon })",
    replace: "emit('adam', inputs, { beta1: beta2, beta2: beta1, epsilon })",
    caughtBy: GOLDEN,
  },
  {
    name: 'Adam: the old moment in the step',
    file: COMPOSITES,
    find: 'div(mul(nextM, div(stepSize',
    replace: 'div(mul(m, div(stepSize',
    caughtBy: OP_CASES,
  },
];

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
];

/** PyTorch's files. */
const PTH: readonly Mutation[] = [
  {
    name: 'pth: strides ignored, so that transposed tensors are read as they lie',
    file: `${TORCH}/tensors.ts`,
    find: 'extent === 1 || strides[axis] === dense[axis]',
    replace: 'extent >= 0 || strides[axis] === dense[axis]',
    caughtBy: PTH_READING,
  },
  {
    name: 'pth: a tensor read from the beginning of its storage',
    file: `${TORCH}/tensors.ts`,
    find: '(start + offset) * unit',
    replace: '(start + offset * 0) * unit',
    caughtBy: PTH_READING,
  },
  {
    name: 'pth: names beyond the allow-list let through',
    file: `${TORCH}/globals.ts`,
    find: 'if (found !== undefined) return found;',
    replace: "if (path !== '') return found ?? { kind: 'global', name: path };",
    caughtBy: PTH_READING,
  },
  {
    name: 'pth: shapes written in place of strides',
    file: `${TORCH}/write.ts`,
    find: '...stridesOf(tensor.shape).map(integer)',
    replace: '...tensor.shape.map(integer)',
    caughtBy: PTH_WRITING,
  },
];

/** Weights from elsewhere, and models for others. */
const EXCHANGE: readonly Mutation[] = [
  {
    name: 'exchange: dropout told by a tensor that batch norm has too',
    file: 'packages/formats/src/reference-architecture.ts',
    find: '&& !facts.has(',
    replace: '|| facts.has(',
    caughtBy: ARCHITECTURE,
  },
  {
    name: 'exchange: shapes of weights not looked at',
    file: 'packages/formats/src/reference-architecture.ts',
    find: 'if (!sameShape(found.shape, shape))',
    replace: 'if (found.shape.length !== shape.length)',
    caughtBy: ARCHITECTURE,
  },
  {
    name: 'exchange: biases lost where they move into convolutions',
    file: 'packages/backend-onnx/src/export/bias.ts',
    find: 'inputs: [...convolution.inputs, bias]',
    replace: 'inputs: [...convolution.inputs]',
    caughtBy: EXPORT,
  },
  {
    name: 'exchange: a mobile block whose second convolution is looked for where there is no dropout',
    file: 'packages/formats/src/reference-names.ts',
    find: 'spec.dropout || mobile ? 6 : 5',
    replace: 'spec.dropout ? 6 : 5',
    caughtBy: NAMES,
  },
];

/** What a person sees of a training: pictures, warnings, logs, and how far translations are from the truth. */
const SHOWN: readonly Mutation[] = [
  {
    name: 'patch maps: the padding of layers moves no patch',
    file: 'packages/core/src/models/discriminators.ts',
    find: 'start: field.start + reach / 2 - padding * field.stride',
    replace: 'start: field.start + reach / 2',
    caughtBy: unit('receptive fields', 'models/receptive-field.test.ts'),
  },
  {
    name: 'samples: fixed pictures are those trained on last',
    file: 'packages/core/src/training/trainer.ts',
    find: 'for (const batch of [last, ...sampleBatches])',
    replace: 'for (const batch of [last, ...sampleBatches.map(() => last)])',
    caughtBy: unit('trainer', 'training/trainer.test.ts'),
  },
  {
    name: 'differences: signs cancel',
    file: 'packages/data/src/difference.ts',
    find: 'Math.abs((a.data[at] ?? 0) - (b.data[at] ?? 0))',
    replace: '((a.data[at] ?? 0) - (b.data[at] ?? 0))',
    caughtBy: { kind: 'tests', name: 'differences', project: 'unit', file: 'packages/data/test/unit/difference.test.ts' },
  },
  {
    name: 'event files: sums are not rotated',
    file: 'packages/formats/src/tensorboard/record.ts',
    find: '((sum >>> 15) | (sum << 17)) + MASK',
    replace: 'sum + MASK',
    caughtBy: formats('event files', 'tensorboard.test.ts'),
  },
  {
    name: 'distances: the best single colour is the darkest',
    file: 'packages/eval/src/colours.ts',
    find: 'below < half;',
    replace: 'below < 0;',
    caughtBy: { kind: 'tests', name: 'distances', project: 'unit', file: 'packages/eval/test/unit/distance.test.ts' },
  },
  {
    name: 'warnings: losses are read with their weights',
    file: 'apps/cli/src/diagnosis/adversarial-balance.ts',
    find: 'this.#mean(generator) / weight',
    replace: 'this.#mean(generator) * weight',
    caughtBy: DIAGNOSIS,
  },
  {
    name: 'warnings: translations are compared with real pictures alone',
    file: 'apps/cli/src/diagnosis/collapse.ts',
    find: 'Math.min(measure(real), measure(inputs))',
    replace: 'measure(real)',
    caughtBy: DIAGNOSIS,
  },
];

const measured = (name: string, file: string): Check => ({
  kind: 'tests',
  name,
  project: 'unit',
  file: `packages/eval/test/unit/golden/${file}`,
});
const SEGMENTATIONS = measured('golden segmentations', 'segmentation.test.ts');
const DISTRIBUTIONS = measured('golden distributions', 'distributions.test.ts');
const PICTURES = measured('golden pictures', 'pictures.test.ts');

/** Rules that change a published figure by a little. */
const MEASURES: readonly Mutation[] = [
  {
    name: 'eval: absent classes are always left out',
    file: 'packages/eval/src/segmentation/segmentation-scores.ts',
    find: "const counted = absent === 'zero' ? classes : ",
    replace: "const counted = absent === 'zero' && classes.length === 0 ? classes : ",
    caughtBy: SEGMENTATIONS,
  },
  {
    name: 'eval: of the void colours only the first counts',
    file: 'packages/eval/src/segmentation/class-map.ts',
    find: '...(palette.voidColours ?? [])',
    replace: '...(palette.voidColours?.slice(0, 1) ?? [])',
    caughtBy: SEGMENTATIONS,
  },
  {
    name: 'eval: covariances with the wrong divisor',
    file: 'packages/eval/src/distributions/moments.ts',
    find: '/ (count - 1);\n      matrix[row * width + at] = value;',
    replace: '/ count;\n      matrix[row * width + at] = value;',
    caughtBy: DISTRIBUTIONS,
  },
  {
    name: 'eval: KID with its bias',
    file: 'packages/eval/src/distributions/kid.ts',
    find: '(chosen.length * (chosen.length - 1))',
    replace: '(chosen.length * chosen.length)',
    caughtBy: DISTRIBUTIONS,
  },
  {
    name: 'eval: a neighbour too near',
    file: 'packages/eval/src/distributions/precision-recall.ts',
    find: 'if (other !== row) insert',
    replace: 'insert',
    caughtBy: DISTRIBUTIONS,
  },
  {
    name: 'eval: MS-SSIM compares luminance at every scale',
    file: 'packages/eval/src/pictures/ssim.ts',
    find: 'last ? found.ssim : found.contrastStructure',
    replace: 'found.ssim',
    caughtBy: PICTURES,
  },
  {
    name: 'eval: filters do not widen where pictures shrink',
    file: 'packages/eval/src/pictures/resample.ts',
    find: 'Math.max(1, scale)',
    replace: 'Math.max(1, 1)',
    caughtBy: PICTURES,
  },
];

/** All mutations, in the order they are tried. */
export const MUTATIONS: readonly Mutation[] = [
  ...STEPS,
  ...BUFFER_AND_SCHEDULE,
  ...OPTIMISER,
  ...NETWORKS,
  ...OPS,
  ...ONNX,
  ...HOST_UPDATES,
  ...PASSES,
  ...PTH,
  ...EXCHANGE,
  ...SHOWN,
  ...MEASURES,
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
  {
    name: 'recompute: nothing counts as cheap',
    file: 'packages/core/src/passes/recompute.ts',
    find: 'if (!CHEAP.has(node.op)) return most + 1;',
    replace: 'if (CHEAP.size > 0) return most + 1;',
    caughtBy: RECOMPUTED,
  },
];
