/** The weights of Winograd's convolution, transformed once for all patches: G g G^T (Lavin and Gray 2015), 16 numbers of the 9 of a kernel. */
import type { Storage } from '../placement/storage.ts';
import type { Correlating, Correlation } from './correlation.ts';
import { folded, type Job, type Kernel, KernelWriter } from './kernel.ts';
import { beginThread, POINTWISE_THREADS } from './pointwise.ts';
import { COMPONENTS, WINOGRAD_TILE } from './winograd-tile.ts';

/** Transformed weights: for each term, each component a row of all channels. Both are filled up with zeros to whole tiles. */
export interface WeightsLayout {
  readonly terms: number;
  readonly channels: number;
  readonly bytes: number;
}

/** How the transformed weights lie in memory. */
export function weightsLayout({ terms, channels }: Pick<Correlation, 'terms' | 'channels'>): WeightsLayout {
  const whole = (count: number, tile: number) => Math.ceil(count / tile) * tile;
  const layout = { terms: whole(terms, WINOGRAD_TILE.terms), channels: whole(channels, WINOGRAD_TILE.channels) };
  return { ...layout, bytes: 4 * layout.terms * COMPONENTS * layout.channels };
}

const COMBINED = `fn combined(a: vec3f, b: vec3f, c: vec3f) -> array<vec3f, 4> {
  return array<vec3f, 4>(a, 0.5 * (a + b + c), 0.5 * (a - b + c), c);
}`;

/** The kernel that transforms the weights into `to`; a thread has one kernel of one channel and term. */
export function winogradWeightsKernel({ group, anchor, context }: Job<Correlating>, correlation: Correlation, to: Storage): Kernel {
  const writer = new KernelWriter({ ...group, outputs: [] }, context);
  const { code, bindings } = writer;
  const { terms, channels, weights, isTurned } = correlation;
  const layout = weightsLayout(correlation);
  const name = bindings.raw(to, 'read_write');
  const count = layout.terms * layout.channels;
  const workgroups = folded(Math.ceil(count / POINTWISE_THREADS), context.limits);
  const main = code.block(() => {
    beginThread(writer, count, workgroups);
    code.line(`let m = i % ${layout.channels}u;`);
    code.line(`let k = i / ${layout.channels}u;`);
    code.line(`let inside = m < ${channels}u && k < ${terms}u;`);
    code.line(`let at = 9u * ${isTurned ? `(k * ${channels}u + m)` : `(m * ${terms}u + k)`};`);
    // in the gradient's kernel the last element comes first
    const element = (tap: number) => bindings.load(weights, `at + ${isTurned ? 8 - tap : tap}u`);
    for (const row of [0, 1, 2]) {
      const elements = [0, 1, 2].map((column) => element(3 * row + column));
      code.line(`let g_${row} = select(vec3f(), vec3f(${elements.join(', ')}), inside);`);
    }
    code.line('let down = combined(g_0, g_1, g_2);');
    for (const row of [0, 1, 2, 3]) {
      code.line(`let u_${row} = across(down[${row}]);`);
      ['x', 'y', 'z', 'w'].forEach((lane, column) => {
        code.line(`${name}[(k * ${COMPONENTS}u + ${4 * row + column}u) * ${layout.channels}u + m] = u_${row}.${lane};`);
      });
    }
  });
  const declared = `${COMBINED}

fn across(g: vec3f) -> vec4f {
  return vec4f(g.x, 0.5 * (g.x + g.y + g.z), 0.5 * (g.x - g.y + g.z), g.z);
}`;
  const label = `${anchor.op}, transformed weights (${anchor.scope})`;
  return writer.finish({ main, declared, threads: POINTWISE_THREADS, workgroups, label });
}
