/**
 * What the webgpu backend makes of a training step, told from its plan without a device: `npm run plan:webgpu -- --size 256`. Prints kernels, bytes moved and
 * memory beside those of one kernel for each operation, then the kernels by kind; with `--source` the kernels themselves. The model is the paper's unless
 * `--filters` and `--blocks` say otherwise; with `--precision f16` its step is in mixed precision, with `--winograd` convolutions are Winograd's where
 * they can be, which on a device is found by measuring.
 */
import { parseArgs } from 'node:util';
import { bytesMoved, DEFAULT_LIMITS, type Kernel, NATIVE_COMPOSITES, type Plan, planGraph, planSource } from '@cyclegan/backend-webgpu';
import {
  cycleGanModel,
  type Graph,
  optimise,
  PAPER_GENERATOR,
  type Precision,
  peakBytes,
  traceStep,
  type Work,
  workOf,
} from '@cyclegan/core';

/** Of an adapter with large buffers; the other limits are those that every adapter keeps. */
const LIMITS = { ...DEFAULT_LIMITS, bindingBytes: 2 ** 31 };

const gigabytes = (bytes: number) => (bytes / 1e9).toFixed(2);
const megabytes = (bytes: number) => (bytes / 1e6).toFixed(0);

function row(...cells: readonly (string | number)[]): string {
  return `| ${cells.join(' | ')} |`;
}

function summary(graph: Graph, plan: Plan, primitive: Work): string[] {
  const { nodes, bytes } = workOf(graph);
  const texts = new Set(plan.kernels.map(({ source }) => source)).size;
  return [
    row('a step as', 'kernels', 'moved, GB'),
    row('---', '---', '---'),
    row('one kernel for each primitive operation', primitive.nodes, gigabytes(primitive.bytes)),
    row('one kernel for each operation, composites whole', nodes, gigabytes(bytes)),
    row('fused', plan.kernels.length, gigabytes(plan.movedBytes)),
    '',
    `${texts} different texts of kernels. Intermediate values take ${megabytes(plan.temporaryBytes)} MB in ${plan.bufferBytes.length} buffers, ` +
      `${(plan.temporaryBytes / plan.livenessBytes).toFixed(3)} of the ${megabytes(plan.livenessBytes)} MB that are needed at a time ` +
      `(unfused ${megabytes(peakBytes(graph))} MB); gradients that wait for Adam take ${megabytes(plan.gradientBytes)} MB.`,
  ];
}

/** Bytes of a kernel that are accessed 16 at a time; operands of products reach the others' memory element by element. */
function wideBytes(kernel: Kernel): number {
  return bytesMoved({ ...kernel, bindings: kernel.bindings.filter(({ type }) => type.startsWith('vec4')) });
}

function byKind({ kernels }: Plan): string[] {
  const kinds = new Map<string, { kernels: number; bytes: number; wide: number; products: number }>();
  for (const kernel of kernels) {
    const kind = kernel.label.replace(/ \(.*/, '').replace(/over .*/, '');
    const known = kinds.get(kind) ?? { kernels: 0, bytes: 0, wide: 0, products: 0 };
    known.kernels++;
    known.bytes += bytesMoved(kernel);
    known.wide += wideBytes(kernel);
    known.products += kernel.multiplyAdds;
    kinds.set(kind, known);
  }
  const rows = [...kinds].sort(([, a], [, b]) => b.bytes - a.bytes);
  return [
    row('kernel', 'number', 'moved, MB', 'of it 16 bytes at a time, %', 'GFLOP'),
    row('---', '---', '---', '---', '---'),
    ...rows.map(([kind, { kernels: count, bytes, wide, products }]) =>
      row(kind, count, megabytes(bytes), ((100 * wide) / bytes).toFixed(0), ((2 * products) / 1e9).toFixed(1)),
    ),
  ];
}

const preferWinograd = (_: string, variants: readonly string[], usual: string) => (variants.includes('winograd') ? 'winograd' : usual);

function main(): void {
  const { values } = parseArgs({
    options: {
      size: { type: 'string', default: '256' },
      filters: { type: 'string', default: String(PAPER_GENERATOR.filters) },
      blocks: { type: 'string', default: '9' },
      precision: { type: 'string', default: 'f32' },
      winograd: { type: 'boolean', default: false },
      source: { type: 'boolean', default: false },
    },
  });
  const [size, filters, blocks] = [Number(values.size), Number(values.filters), Number(values.blocks)];
  const precision: Precision = values.precision === 'f16' ? 'f16' : 'f32';
  const model = cycleGanModel({ height: size, width: size, generator: { ...PAPER_GENERATOR, filters, blocks } });
  const traced = traceStep(model, { precision });
  const graph = optimise(traced, NATIVE_COMPOSITES, precision);
  const choose = values.winograd ? { choose: preferWinograd } : {};
  const plan = planGraph(graph, { limits: LIMITS, ...choose });
  if (values.source) console.log(planSource(plan));
  else console.log([...summary(graph, plan, workOf(optimise(traced, [], precision))), '', ...byKind(plan)].join('\n'));
}

main();
