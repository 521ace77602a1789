/** What one run of a program under measurement reports, ours or another's, as the last JSON object that it prints. */
import { z } from 'zod';

const timing = z.object({ min: z.number(), median: z.number() });

/** Fields that every program prints, and some of ours. */
const measurementSchema = z.object({
  /** Program, engine and version. */
  engine: z.string(),
  device: z.string(),
  threads: z.number(),
  size: z.number(),
  ngf: z.number(),
  blocks: z.number(),
  batch: z.number(),
  /** Of a training step. */
  stepSeconds: timing,
  /** Of a pass of one generator. */
  generatorSeconds: timing,
  /** The most memory that the process held while it trained, in units of 2^20 bytes. */
  peakMB: z.number(),
  /** From nothing to the end of step 1, compiling included. */
  firstStepSeconds: z.number().optional(),
  /** The slowest step to the fastest. */
  stepSpread: z.number().optional(),
  generatorSpread: z.number().optional(),
  /** Nodes of the engine's graph. */
  nodes: z.number().optional(),
});

/** The report of one run. */
export type Measurement = z.output<typeof measurementSchema>;

/** The report in what a program printed: its last line that is one; throws Error when there is none. */
export function parseMeasurement(output: string): Measurement {
  for (const line of output.trim().split('\n').reverse()) {
    const result = measurementSchema.safeParse(parsed(line));
    if (result.success) return result.data;
  }
  throw new Error(
    `no line is a measurement, a JSON object such as \`npm run bench -- --size 64 --json\` prints; the last one is: ${output.trim().split('\n').at(-1)}`,
  );
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
