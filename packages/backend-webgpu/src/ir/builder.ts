/** Makes operations, each with the next position. Knows the shapes of composites' parts and no graph. */
import type { TensorType } from '@cyclegan/core';
import type { AnyOperation, OperationName, OperationParams, Value } from './operation.ts';

/** Records operations in order. */
export class Builder {
  readonly operations: AnyOperation[] = [];
  #values = 0;

  /** Appends an operation with results of the given types and returns these. */
  emitAll<K extends OperationName>(
    op: K,
    inputs: readonly Value[],
    params: OperationParams[K],
    { types, scope }: { readonly types: readonly TensorType[]; readonly scope: string },
  ): readonly Value[] {
    const outputs: Value[] = [];
    const operation = { position: this.operations.length, op, inputs, params, outputs, scope } as unknown as AnyOperation;
    types.forEach(({ shape, dtype }, index) => {
      outputs.push({ id: this.#values++, operation, index, shape, dtype });
    });
    this.operations.push(operation);
    return outputs;
  }

  /** As `emitAll`, for operations of one result. */
  emit<K extends OperationName>(
    op: K,
    inputs: readonly Value[],
    params: OperationParams[K],
    { scope, ...type }: TensorType & { readonly scope: string },
  ): Value {
    return this.emitAll(op, inputs, params, { types: [type], scope })[0] as Value;
  }
}
