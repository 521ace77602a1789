/** Weights of others, what a person sees, and the metrics. */
import { type Mutation, testsOf } from './mutation.ts';

const unit = testsOf('packages/core', 'unit');
const onnx = testsOf('packages/backend-onnx', 'parity');
const formats = testsOf('packages/formats', 'unit');
const measured = testsOf('packages/eval', 'unit');

const PTH_READING = formats('reading .pth', 'torch/read.test.ts');
const PTH_WRITING = formats('writing .pth', 'torch/write.test.ts');
const ARCHITECTURE = formats('architecture by names and shapes', 'reference-weights.test.ts');
const NAMES = formats("the reference's names", 'reference-names.test.ts');
const EXPORT = onnx('exported generators', 'export.test.ts');
const DIAGNOSIS = testsOf('apps/cli', 'unit')('warnings', 'diagnosis.test.ts');
const STUDY_PAIRS = testsOf('apps/cli', 'unit')('pairs of a study', 'study/draw-pairs.test.ts');
const STUDY_ANSWERS = testsOf('apps/cli', 'unit')('answers of a study', 'study/answers.test.ts');
const TORCH = 'packages/formats/src/torch';
const SEGMENTATIONS = measured('golden segmentations', 'golden/segmentation.test.ts');
const DISTRIBUTIONS = measured('golden distributions', 'golden/distributions.test.ts');
const PICTURES = measured('golden pictures', 'golden/pictures.test.ts');

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
  {
    name: 'study: pictures of one name do not stand beside each other',
    file: 'apps/cli/src/study/draw-pairs.ts',
    find: 'shared.length > 0 ? reals : shuffled(generated, 1)',
    replace: 'shuffled(generated, 1)',
    caughtBy: STUDY_PAIRS,
  },
  {
    name: 'study: people who answered twice count twice',
    file: 'apps/cli/src/study/answers.ts',
    find: 'else people.add(answers.person);',
    replace: 'else people.add(path);',
    caughtBy: STUDY_ANSWERS,
  },
];

/** All of these. */
export const FILES_AND_MEASURES: readonly Mutation[] = [...PTH, ...EXCHANGE, ...SHOWN, ...MEASURES];
