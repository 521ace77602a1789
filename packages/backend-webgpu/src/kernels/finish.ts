/** How every kernel of an anchor ends: what follows the anchor is computed on its result while that is at hand. */
import { sizeOf } from '@cyclegan/core';
import type { Value } from '../ir/operation.ts';
import { Index } from '../wgsl/index-map.ts';
import type { KernelWriter } from './kernel.ts';

/** An element of an anchor's result: the name that holds it, and its place in row-major order. */
export interface FinishedElement {
  readonly result: Value;
  readonly name: string;
  readonly place: string;
}

/** Statements that compute the group's outputs of an element of its anchor's result, and write them. */
export function finishAt({ code, bindings, expressions, group }: KernelWriter, { result, name, place }: FinishedElement): void {
  expressions.give(result, name);
  const at = code.let(place);
  const texts = group.outputs.map((output) => expressions.at(output, Index.at(code, output.shape, at)));
  group.outputs.forEach((output, k) => {
    code.line(bindings.store(output, sizeOf(output.shape) === 1 ? '0u' : at, { text: texts[k] as string }));
  });
}
