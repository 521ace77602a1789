/** Makes operations, each with the next position. Knows the shapes of composites' parts and no graph. */
import type { TensorType } from '@cyclegan/core';
import type { AnyOperation, OperationName, OperationParams, Value } from './operation.ts';

/** An operation's parameters, and where in the model it is made. */
interface Made<K extends OperationName> {
  readonly params: OperationParams[K];
  readonly scope: string;
}

/** Records operations in order. */
export class Builder {
  readonly operations: AnyOperation[] = [];
  #values = 0;

  /** Appends an operation with results of the given types and returns these. */
  emitAll<K extends OperationName>(
    op: K,
    inputs: readonly Value[],
    { params, types, scope }: Made<K> & { readonly types: readonly TensorType[] },
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
  emit<K extends OperationName>(op: K, inputs: readonly Value[], { params, scope, ...type }: Made<K> & TensorType): Value {
    return this.emitAll(op, inputs, { params, types: [type], scope })[0] as Value;
  }
}
