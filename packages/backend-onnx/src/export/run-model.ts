/** Runs an ONNX file of pictures to pictures on ONNX Runtime, as a user of the file would: by itself, with the runtime's own optimisations. */
import { BackendError, type HostTensor } from '@cyclegan/core';
import { loadRuntime, messageOf } from '../runtime.ts';
import { copyIn } from '../tensors.ts';

/** A loaded model of one input and one output, both f32. */
export interface LoadedModel {
  /** What it makes of a tensor. */
  run(input: HostTensor): Promise<HostTensor>;
  /** Frees it. */
  dispose(): Promise<void>;
}

/** Loads the file at `path`; throws BackendError, naming it, when ONNX Runtime is not installed or refuses the model. */
export async function loadOnnxModel(path: string): Promise<LoadedModel> {
  const runtime = await loadRuntime();
  const session = await runtime.InferenceSession.create(path, { logSeverityLevel: 4 }).catch((error: unknown) => {
    throw new BackendError(`${path}: ONNX Runtime refuses the model: ${messageOf(error)}`, { cause: error });
  });
  const [[input = ''], [output = '']] = [session.inputNames, session.outputNames];
  return {
    async run(tensor) {
      const { [output]: result } = await session.run({ [input]: copyIn(runtime, tensor) });
      if (!(result?.data instanceof Float32Array))
        throw new BackendError(`${path}: expected an output of 32-bit floats, got ${result?.type}.`);
      return { shape: result.dims, dtype: 'f32', data: result.data };
    },
    dispose: () => session.release(),
  };
}
