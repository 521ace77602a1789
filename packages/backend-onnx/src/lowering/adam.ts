/**
 * Adam as part of the model, for updates that the same step goes on to read; the others are the host's (host-updates.ts).
 */
import type { Lower } from './lower.ts';

/** Lowering of adam. */
export const ADAM: { readonly adam: Lower<'adam'> } = {
  adam: (context, { inputs, params: { beta1, beta2, epsilon } }) => {
    const [weight, m, v, gradient, stepSize, correction] = inputs.map(({ value }) => value) as [
      string,
      string,
      string,
      string,
      string,
      string,
    ];
    const scaled = (x: string, factor: number) => context.emit('Mul', [x, context.scalar('f32', factor)]);
    const first = context.emit('Add', [scaled(m, beta1), scaled(gradient, 1 - beta1)]);
    const square = context.emit('Mul', [gradient, gradient]);
    const second = context.emit('Add', [scaled(v, beta2), scaled(square, 1 - beta2)]);
    // both sides of the division divided by the correction: two scalars instead of a pass over the weights
    const rate = context.emit('Div', [stepSize, correction]);
    const floor = context.emit('Div', [context.scalar('f32', epsilon), correction]);
    const deviation = context.emit('Add', [context.emit('Sqrt', [second]), floor]);
    const step = context.emit('Div', [context.emit('Mul', [first, rate]), deviation]);
    return [context.emit('Sub', [weight, step]), first, second];
  },
};
