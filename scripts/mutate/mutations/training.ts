/** The training steps, what they keep between steps, the schedule and Adam. */
import { GOLDEN, type Mutation, testsOf } from './mutation.ts';

const unit = testsOf('packages/core', 'unit');

const OP_CASES = unit('op cases', 'ops/parity.test.ts');
const BUFFER_TESTS = unit('image buffer', 'training/image-pool.test.ts');
const STEP_TESTS = unit('CycleGAN step', 'training/cyclegan-step.test.ts');
const LOSS_SCALE = unit('loss scale', 'training/loss-scale.test.ts');
const SCHEDULE_TESTS = unit('schedules', 'training/schedule.test.ts');
const CYCLEGAN = 'packages/core/src/training/cyclegan-step.ts';
const PIX2PIX = 'packages/core/src/training/pix2pix-step.ts';
const BUFFER = 'packages/core/src/training/image-pool.ts';
const ADAM = 'packages/core/src/training/adam.ts';
const LOSSES = 'packages/core/src/training/losses.ts';
const MODEL = 'packages/core/src/training/model.ts';
const COMPOSITES = 'packages/core/src/composites.ts';

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

/** All of these. */
export const TRAINING: readonly Mutation[] = [...STEPS, ...BUFFER_AND_SCHEDULE, ...OPTIMISER];
