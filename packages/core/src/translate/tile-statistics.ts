/**
 * Instance norm for parts of a picture. Its mean and deviation are those of a whole picture, which a tile does not know: they are gathered
 * beforehand from crops spread over the picture that are normalised together, and fed to the tiles. Tiles then differ from an untiled
 * translation only by what the sample misses, and agree with each other.
 */
import { type Graph, type Tensor, type Trace, trace } from '../graph/graph.ts';
import { generator } from '../models/networks.ts';
import type { GeneratorSpec } from '../models/specs.ts';
import type { LayerContext } from '../nn/layers.ts';
import { mul, normalize, slice, sub } from '../ops.ts';
import { f32, type TensorRecord } from '../tensor.ts';

/** Which generator, and the shape of what it is fed. */
export interface PartShape {
  readonly name: 'genAB' | 'genBA';
  readonly spec: GeneratorSpec;
  readonly batch: number;
  readonly height: number;
  readonly width: number;
}

type InstanceNorm = NonNullable<LayerContext['instanceNorm']>;

function translated(recorder: Trace, { name, spec, batch, height, width }: PartShape, instanceNorm: InstanceNorm): Tensor {
  const net = generator(recorder, name, spec, { init: { kind: 'normal', gain: 0 }, training: false, instanceNorm });
  return net.apply(recorder.input('x', [batch, spec.inputChannels, height, width]));
}

/** Crops to gather statistics from. */
export interface CropShape extends PartShape {
  /** Share of the height, and of the width, that counts at neither end: near the border of a crop, the network sees less than in the whole picture. */
  readonly margins: readonly [rows: number, columns: number];
}

/** Input `x`, a batch of crops; outputs `PREFIX/mean` and `PREFIX/rstd`, 1 x C x 1 x 1, of each instance norm over all crops together. */
export function traceTileStatistics(shape: CropShape): Graph {
  return trace((recorder) => {
    translated(recorder, shape, (scope, x, epsilon) => {
      const { mean, rstd } = normalize(inner(x, shape.margins), [0, 2, 3], epsilon);
      recorder.output(`${scope.prefix}/mean`, mean);
      recorder.output(`${scope.prefix}/rstd`, rstd);
      return mul(sub(x, mean), rstd);
    });
  });
}

function inner(x: Tensor, margins: CropShape['margins']): Tensor {
  const [n = 0, c = 0, height = 0, width = 0] = x.shape;
  const [top, left] = [Math.floor(height * margins[0]), Math.floor(width * margins[1])];
  return slice(x, [0, 0, top, left], [n, c, height - top, width - left]);
}

/** As `traceTranslation`, with inputs `PREFIX/mean` and `PREFIX/rstd` for each instance norm. */
export function traceTile(shape: PartShape): Graph {
  return trace((recorder) => {
    const y = translated(recorder, shape, (scope, x) => {
      const statistic = (name: string) => recorder.input(`${scope.prefix}/${name}`, [1, x.shape[1] ?? 0, 1, 1]);
      return mul(sub(x, statistic('mean')), statistic('rstd'));
    });
    recorder.output('y', y);
  });
}

/** The statistics of several samples of one size as one: means averaged, deviations by the law of total variance. */
export function poolStatistics(samples: readonly TensorRecord[]): TensorRecord {
  const pooled: Record<string, ReturnType<typeof f32>> = {};
  for (const [name, { shape, data }] of Object.entries(samples[0] ?? {})) {
    if (!name.endsWith('/mean')) continue;
    const scale = name.replace(/mean$/, 'rstd');
    const mean = new Float32Array(data.length);
    const rstd = new Float32Array(data.length);
    for (let channel = 0; channel < data.length; channel++) {
      let [first, second] = [0, 0];
      for (const sample of samples) {
        const [average, inverse] = [sample[name]?.data[channel] ?? 0, sample[scale]?.data[channel] ?? 1];
        first += average / samples.length;
        // epsilon is part of it, and stays so
        second += (inverse ** -2 + average ** 2) / samples.length;
      }
      mean[channel] = first;
      rstd[channel] = 1 / Math.sqrt(second - first ** 2);
    }
    pooled[name] = f32(shape, mean);
    pooled[scale] = f32(shape, rstd);
  }
  return pooled;
}
