import { type Sample as CoreSample, cycleGanModel, f32, type HostTensor, type ModelConfig } from '@cyclegan/core';
import { describe, expect, it } from 'vitest';
import { modelOf, resolveSettings } from '../../src/settings/settings.ts';
import { changesBetween, Diagnosis, type TrainingWarning } from '../../src/train/diagnosis.ts';

type Sample = Pick<CoreSample, 'batch' | 'pictures'>;

const SIZE = 16;
const model = cycleGanModel({ height: SIZE, width: SIZE });

/** A picture that differs for each number, darker than bright: its negative has other colours. */
function picture(number: number, channels = 3): HostTensor {
  const value = (at: number) => -0.4 + 0.5 * Math.sin(number * 1.7 + at * (0.05 + 0.013 * (number % 7)));
  return f32(
    [1, channels, SIZE, SIZE],
    Array.from({ length: channels * SIZE ** 2 }, (_, at) => value(at % SIZE ** 2)),
  );
}

/** A picture with each value changed. */
function changed({ shape, data }: HostTensor, change: (value: number) => number): HostTensor {
  return f32(shape, Float32Array.from(data, change));
}

const negative = (tensor: HostTensor) => changed(tensor, (value) => -value);
const gray = (tensor: HostTensor) => changed(tensor, () => 0.25);

/** Samples of which each has other pictures; `to` says what the generators make of them. */
function samples(
  count: number,
  to: { readonly B?: (input: HostTensor) => HostTensor; readonly A?: (input: HostTensor) => HostTensor },
): Sample[] {
  return Array.from({ length: count }, (_, number) => {
    const batch = { A: picture(number), B: picture(number + 100) };
    const fakes = { ...(to.B && { fakeB: to.B(batch.A) }), ...(to.A && { fakeA: to.A(batch.B) }) };
    return { batch, pictures: fakes };
  });
}

/** The event of a sample. */
function event(step: number, [last, ...fixed]: readonly Sample[]) {
  if (last === undefined) throw new Error('a sample needs the last batch.');
  return { step, last, fixed };
}

const named = (warnings: readonly TrainingWarning[]) => warnings.map(({ kind, side }) => `${kind} ${side}`);

/** What looks wrong with pictures at a step late enough. */
const look = (some: readonly Sample[], of: ModelConfig = model) => named(new Diagnosis(of).sample(event(1000, some)));

const same = (tensor: HostTensor) => tensor;

describe('pictures', () => {
  it('are well when each is its own', () => {
    expect(look(samples(5, { A: same, B: same }))).toEqual([]);
  });

  it('are negatives where domains are alike, in one direction or both', () => {
    expect(look(samples(5, { A: same, B: negative }))).toEqual(['colours-inverted B']);
    expect(look(samples(5, { A: negative, B: negative }))).toEqual(['colours-inverted B', 'colours-inverted A']);
  });

  it('are negatives also where their colours became those of the domain', () => {
    expect(look(samples(5, { A: same, B: (input) => changed(input, (value) => -0.8 - value) }))).toEqual(['colours-inverted B']);
  });

  it('are no negatives where the domain is one of negatives', () => {
    const some = samples(5, { B: negative }).map(({ batch, pictures }) => ({ batch: { ...batch, B: negative(batch.B) }, pictures }));
    expect(look(some)).toEqual([]);
  });

  it('are flat, or all alike, where real ones are not', () => {
    expect(look(samples(5, { A: same, B: gray }))).toEqual(['collapsed B']);
    const [flat] = new Diagnosis(model).sample(event(1000, samples(5, { B: gray })));
    expect(flat?.why).toMatch(/0\.0 % of the contrast/);
    const [alike] = new Diagnosis(model).sample(event(1000, samples(5, { B: () => picture(50) })));
    expect(alike?.why).toMatch(/5 different pictures differ from each other by 0\.0 %/);
  });

  it('may be alike where real pictures, or those translated, are', () => {
    const alikeB = samples(5, { B: () => picture(50) }).map(({ batch, pictures }) => ({ batch: { ...batch, B: picture(50) }, pictures }));
    expect(look(alikeB)).toEqual([]);
    const hardlyDiffer = (number: number) => changed(picture(1), (value) => value + 0.03 * number);
    const alikeA = samples(5, { B: same }).map(({ batch }, number) => {
      const A = hardlyDiffer(number);
      return { batch: { ...batch, A }, pictures: { fakeB: changed(A, (value) => 0.5 * value) } };
    });
    expect(look(alikeA)).toEqual([]);
  });

  it('are not judged before there are enough different ones, nor in the first steps', () => {
    const some = samples(4, { B: gray });
    expect(look(some.slice(0, 3))).toEqual([]);
    const [first] = some;
    expect(look(Array.from({ length: 6 }, () => first as Sample))).toEqual([]);
    expect(look(some)).toEqual(['collapsed B']);
    expect(new Diagnosis(model).sample(event(200, some))).toEqual([]);
  });

  it('are remembered from sample to sample where one alone has too few', () => {
    const diagnosis = new Diagnosis(model);
    const found = samples(4, { B: gray }).map((sample, number) => named(diagnosis.sample(event(500 + number, [sample]))));
    expect(found).toEqual([[], [], [], ['collapsed B']]);
    // what the generator made of them before no longer counts
    const later = samples(4, { B: same }).map((sample, number) => named(diagnosis.sample(event(600 + number, [sample]))));
    expect(later.at(-1)).toEqual([]);
  });

  it('may come in batches, gray to colour, with alpha, and one way', () => {
    const pairs = Array.from({ length: 4 }, (_, number) => ({ one: picture(number, 1), other: picture(number, 4) }));
    const join = (parts: readonly HostTensor[]) =>
      f32([parts.length, ...(parts[0]?.shape.slice(1) ?? [])], Float32Array.from(parts.flatMap(({ data }) => [...data])));
    const batch = { A: join(pairs.map(({ one }) => one)), B: join(pairs.map(({ other }) => other)) };
    expect(look([{ batch, pictures: { fakeB: batch.B } }])).toEqual([]);
    expect(look([{ batch, pictures: { fakeB: negative(batch.B) } }])).toEqual(['colours-inverted B']);
    expect(look([{ batch, pictures: { fakeB: gray(batch.B) } }])).toEqual(['collapsed B']);
  });
});

describe('losses', () => {
  /** What looks wrong after so many steps of the same losses. */
  const after = (steps: number, losses: Readonly<Record<string, number>>, of: ModelConfig = model) => {
    const diagnosis = new Diagnosis(of);
    for (let step = 0; step < steps; step++) diagnosis.step({ losses });
    return named(diagnosis.sample(event(steps, samples(1, {}))));
  };
  const won = { discB: 0.01, ganAB: 0.97, discA: 0.2, ganBA: 0.3 };

  it('tell of a discriminator that has won for long enough', () => {
    expect(after(300, won)).toEqual(['discriminator-won B']);
    expect(after(150, won)).toEqual([]);
    expect(after(300, { ...won, discB: 0.2 })).toEqual([]);
    expect(after(300, { ...won, ganAB: 0.5 })).toEqual([]);
  });

  it('are divided by their weights', () => {
    const weights = { ...model.weights, ganAB: 0.001 };
    expect(after(300, { ...won, ganAB: 0.00097 }, { ...model, weights })).toEqual(['discriminator-won B']);
    expect(after(300, { discA: 0.01, ganBA: 0.97 }, { ...model, weights: { ...weights, ganAB: 0 } })).toEqual(['discriminator-won A']);
  });

  it('are read by the scale of their kind', () => {
    const vanilla = { ...model, adversarial: 'vanilla' } as const;
    expect(after(300, won, vanilla)).toEqual([]);
    expect(after(300, { ...won, ganAB: 6 }, vanilla)).toEqual(['discriminator-won B']);
    expect(after(300, { ...won, ganAB: 6 }, { ...model, adversarial: 'wgangp' })).toEqual([]);
    const pix2pix = modelOf(resolveSettings({ model: 'pix2pix', size: 64 }));
    const losses = { discReal: 0.01, discFake: 0.01, gan: 6, l1: 30 };
    expect(after(300, losses, pix2pix)).toEqual([]);
    if (pix2pix.kind !== 'pix2pix') throw new Error('not pix2pix');
    expect(after(300, losses, { ...pix2pix, weights: { gan: 1, l1: 0 } })).toEqual(['discriminator-won B']);
  });
});

describe('a warning', () => {
  it('stays while it is nearly so, and goes when it is not', () => {
    const diagnosis = new Diagnosis(model);
    const faded = (share: number) => (tensor: HostTensor) => changed(tensor, (value) => share * value);
    const seen = [0.12, 0.05, 0.12, 0.3, 0.12].map((share, at) =>
      named(diagnosis.sample(event(1000 + at, samples(5, { A: same, B: faded(share) })))),
    );
    expect(seen).toEqual([[], ['collapsed B'], ['collapsed B'], [], []]);
  });

  it('comes and goes by what it is about, whatever its numbers', () => {
    const warning = (side: 'A' | 'B', why: string): TrainingWarning => ({ kind: 'collapsed', side, title: '', why, remedies: [] });
    const [before, now] = [[warning('A', 'one'), warning('B', 'two')], [warning('B', 'three')]];
    expect(changesBetween(before, now)).toEqual({ appeared: [], gone: [before[0]] });
    expect(changesBetween([], now)).toEqual({ appeared: now, gone: [] });
  });

  it('advises what is not set already', () => {
    const advice = (of: ModelConfig) => new Diagnosis(of).sample(event(1000, samples(5, { B: negative })))[0]?.remedies[0];
    expect(advice(model)).toMatch(/more of the identity loss.*--lambda-identity 1$/);
    const weights = { ...model.weights, identityA: 0, identityB: 0 };
    expect(advice({ ...model, weights })).toMatch(/--lambda-identity 0\.5$/);
    const flat = (of: ModelConfig) => new Diagnosis(of).sample(event(1000, samples(5, { B: gray })))[0]?.remedies[0];
    expect(flat({ ...model, weights: { ...model.weights, cycleA: 0 } })).toMatch(/--lambda-a 10 \(it is 0\)/);
    expect(flat(model)).toBe('a smaller --lr');
  });
});
