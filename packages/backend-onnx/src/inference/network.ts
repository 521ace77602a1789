/** Any ONNX file on ONNX Runtime, with what it says of its inputs and outputs: networks that judge pictures. Knows nothing of what they mean. */
import { BackendError, type HostTensor } from '@cyclegan/core';
import type { InferenceSession } from 'onnxruntime-node';
import { loadRuntime, messageOf } from '../runtime.ts';
import { copyIn } from '../tensors.ts';

/** An input or output; an extent is a number, or the name of one that is free. */
export interface NetworkValue {
  readonly name: string;
  /** The element type as ONNX Runtime calls it, such as `float32`. */
  readonly type: string;
  readonly shape: readonly (number | string)[];
}

/** A loaded network. */
export interface OnnxNetwork {
  readonly inputs: readonly NetworkValue[];
  readonly outputs: readonly NetworkValue[];
  /** One of its f32 outputs for f32 inputs by name; throws BackendError, naming the file, when ONNX Runtime fails. */
  run(inputs: Readonly<Record<string, HostTensor>>, output: string): Promise<HostTensor>;
  /** Frees it. */
  dispose(): Promise<void>;
}

/** Loads the network at `path`; throws BackendError, naming it, when ONNX Runtime is not installed or refuses the file. */
export async function openOnnxNetwork(path: string, { threads }: { readonly threads?: number | undefined } = {}): Promise<OnnxNetwork> {
  const runtime = await loadRuntime();
  const options = { logSeverityLevel: 4, ...(threads === undefined ? {} : { intraOpNumThreads: threads }) } as const;
  const session = await runtime.InferenceSession.create(path, options).catch((error: unknown) => {
    throw new BackendError(`${path}: ONNX Runtime refuses the network: ${messageOf(error)}`, { cause: error });
  });
  return {
    inputs: session.inputMetadata.map(describe),
    outputs: session.outputMetadata.map(describe),
    async run(inputs, output) {
      const feeds = Object.fromEntries(Object.entries(inputs).map(([name, tensor]) => [name, copyIn(runtime, tensor)]));
      const results = await session.run(feeds, [output]).catch((error: unknown) => {
        throw new BackendError(`${path}: ONNX Runtime failed: ${messageOf(error)}`, { cause: error });
      });
      const result = results[output];
      if (!(result?.data instanceof Float32Array))
        throw new BackendError(`${path}: expected 32-bit floats as the output ${output}, got ${result?.type}.`);
      return { shape: result.dims, dtype: 'f32', data: result.data };
    },
    dispose: () => session.release(),
  };
}

function describe(value: InferenceSession.ValueMetadata): NetworkValue {
  return value.isTensor ? { name: value.name, type: value.type, shape: value.shape } : { name: value.name, type: 'no tensor', shape: [] };
}
