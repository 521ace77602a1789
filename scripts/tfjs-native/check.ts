/** Whether a build works: a convolution on it, in a fresh process, compared and timed. */
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { lastWords, NativeFailure } from './native-failure.ts';
import { runTool } from './tool.ts';

const CHILD = fileURLToPath(new URL('./check-child.ts', import.meta.url));

/** The largest difference from the convolution in plain JavaScript, on sums of 72 products of values up to 1; TF32 of a GPU needs the room. */
const ERROR_BOUND = { cpu: 1e-4, gpu: 2e-2 } as const;

const FindingsSchema = z.strictObject({
  /** Version of TensorFlow, as its library says. */
  tensorflow: z.string(),
  /** Whether it computes on a GPU. */
  gpu: z.boolean(),
  /** Largest difference between its convolution and the one in plain JavaScript. */
  error: z.number(),
  /** GFLOP/s of a 3x3 convolution of 256 to 256 channels at 64x64. */
  rate: z.number().positive(),
});

/** What the process found. */
export type Findings = z.infer<typeof FindingsSchema>;

/** Throws a NativeFailure unless the findings are those of a build that works. */
export function judge({ gpu, error }: Findings, wanted: { readonly gpu: boolean }): void {
  if (!(error <= (gpu ? ERROR_BOUND.gpu : ERROR_BOUND.cpu)))
    throw new NativeFailure(
      `TensorFlow's convolution differs from the one in plain JavaScript by ${error}: choose another TensorFlow with --tensorflow VERSION.`,
    );
  if (wanted.gpu && !gpu)
    throw new NativeFailure(
      'TensorFlow found no GPU that it can use: docs/native-tensorflow.md says which libraries of NVIDIA it needs; without --gpu it is built for the CPU.',
    );
}

/** Runs the check on a package, by its name or the URL of its main file. */
export async function check(specifier: string, wanted: { readonly gpu: boolean }): Promise<Findings> {
  // TensorFlow's own log below errors tells of processor features, and of GPUs that are not there
  const env = { TF_CPP_MIN_LOG_LEVEL: wanted.gpu ? '1' : '2' };
  const { status, output } = await runTool(process.execPath, [...process.execArgv, CHILD, specifier], { env });
  const line = output.split('\n').find((text) => text.startsWith('{"tensorflow"'));
  if (status !== 0 || line === undefined)
    throw new NativeFailure(
      'The addon does not work, its last words are above: build it again with --force, or against another TensorFlow with --tensorflow VERSION.',
      lastWords(output),
    );
  const findings = FindingsSchema.parse(JSON.parse(line));
  try {
    judge(findings, wanted);
  } catch (failure) {
    throw failure instanceof NativeFailure ? new NativeFailure(failure.message, lastWords(output.replace(line, ''))) : failure;
  }
  return findings;
}
