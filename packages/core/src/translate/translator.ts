/**
 * Translating pictures of any size with a trained generator. Works on host tensors: it knows no files, and what engine
 * computes is the backend's affair.
 */
import type { Backend, Feeds, Program, VariableStore } from '../backend.ts';
import { compile } from '../compile.ts';
import type { Graph } from '../graph/graph.ts';
import { firstWidth, type GeneratorSpec, ModelError } from '../models/specs.ts';
import { CallQueue } from '../store.ts';
import { formatShape, type HostTensor, type TensorRecord } from '../tensor.ts';
import { traceTranslation } from '../training/cyclegan-step.ts';
import { pickVariables } from '../training/model.ts';
import { crop, reflectTo } from './reflect.ts';
import { type CropShape, type PartShape, traceTile, traceTileStatistics } from './tile-statistics.ts';
import { accepted, acceptedUpTo, type PartNetwork, type PixelSource, type RowSink, translateTiles } from './tiled.ts';

/** From A to B, by the generator genAB, or back, by genBA. */
export type Direction = 'AtoB' | 'BtoA';

/** The name of the generator of each direction, which its variables start with. */
export const GENERATOR_OF = { AtoB: 'genAB', BtoA: 'genBA' } as const satisfies Record<Direction, string>;

/** A compiled program and the pixels of its input, which its memory grows with. */
interface CompiledSize {
  readonly program: Program;
  readonly pixels: number;
}

/** What a translator is made of. */
export interface TranslatorOptions {
  readonly backend: Backend;
  /** The generator's settings: `generatorAB` or `generatorBA` of the trained model. */
  readonly generator: GeneratorSpec;
  /** The generator's variables under their full names; others may be among them. */
  readonly weights: TensorRecord;
  readonly direction?: Direction;
  /** Sizes of pictures whose compiled programs are kept, those used last; fewer where they would take the memory of more than two tiles. */
  readonly programs?: number;
  /** Pictures of more than `tile` x `tile` pixels are translated in tiles by `translatePicture`; 0 is never, by default what fits `TILE_MEMORY`. */
  readonly tile?: number;
}

/** Bytes that the default tile is to take. */
export const TILE_MEMORY = 2 ** 30;
/** Numbers that a generator holds at once for a pixel, those of its 7x7 kernels above all, and more for each filter of its first layer: measured. */
const NUMBERS = { perPixel: 200, perFilter: 5 } as const;

/** The side of a tile that a generator translates within so many bytes, about. */
export function tileWithin(bytes: number, generator: GeneratorSpec): number {
  const numbers = NUMBERS.perPixel + NUMBERS.perFilter * firstWidth(generator);
  return acceptedUpTo(Math.sqrt(bytes / (4 * numbers)), generator);
}

/**
 * A generator ready to translate. Pictures keep their size: those that the network does not take are padded by reflection and
 * cut back. Dispose of it when done; the backend stays the caller's.
 *
 * @example
 * const translator = new Translator({ backend, generator: model.generatorAB, weights: state.variables });
 * const map = await translator.translate(pictureToTensor(aerial));
 */
export class Translator {
  /** The generator's settings. */
  readonly generator: GeneratorSpec;
  readonly #options: Required<TranslatorOptions>;
  readonly #store: VariableStore;
  readonly #calls = new CallQueue('the translator');
  /** By size, the one used last at the end. */
  readonly #programs = new Map<string, CompiledSize>();
  readonly #loaded = new Set<string>();

  constructor(options: TranslatorOptions) {
    this.#options = { direction: 'AtoB', programs: 4, tile: tileWithin(TILE_MEMORY, options.generator), ...options };
    this.generator = options.generator;
    this.#store = options.backend.createStore();
  }

  /**
   * Translates pictures N x C x H x W in [-1, 1], all of one size; calls run one after the other. Throws ModelError for other channels
   * than the generator's or when a weight is missing, BackendError when the engine cannot compute it.
   */
  translate(pictures: HostTensor): Promise<HostTensor> {
    return this.#calls.enqueue(() => this.#translate(pictures));
  }

  /**
   * Translates one picture that is read in parts, in tiles where it is larger than one, and hands on its rows from the top down: memory
   * depends on the tile. Instance norm uses statistics of the whole picture, from samples. Throws as `translate` does.
   */
  translatePicture(source: PixelSource, sink: RowSink): Promise<void> {
    return this.#calls.enqueue(async () => {
      const { generator } = this;
      const { tile } = this.#options;
      const pixels = accepted(source.height, generator) * accepted(source.width, generator);
      if (tile > 0 && pixels > acceptedUpTo(tile, generator) ** 2) {
        await translateTiles(this.#parts(), { source, sink, tile });
      } else {
        const all = (length: number) => Int32Array.from({ length }, (_, at) => at);
        sink(0, await this.#translate(source.read(all(source.height), all(source.width))));
      }
    });
  }

  /** Frees what the engine holds, after the translations under way; disposing again does nothing. */
  dispose(): void {
    void this.#calls.close(() => {
      for (const { program } of this.#programs.values()) program.dispose();
      this.#programs.clear();
      this.#store.dispose();
    });
  }

  async #translate(pictures: HostTensor): Promise<HostTensor> {
    const { generator } = this;
    const [, channels = 0, height = 0, width = 0] = pictures.shape;
    if (pictures.shape.length !== 4 || channels !== generator.inputChannels) {
      throw new ModelError(
        `the generator takes pictures N x ${generator.inputChannels} x H x W (N x channels x height x width), got ${formatShape(pictures.shape)}.`,
      );
    }
    const { padded, window } = reflectTo(pictures, { height: accepted(height, generator), width: accepted(width, generator) });
    const program = await this.#program('whole', padded);
    return crop(await fetchOne(program, { x: padded }), window);
  }

  /** The generator as what tiles need of it. */
  #parts(): PartNetwork {
    return {
      generator: this.generator,
      gather: (samples, margins) => this.#gather(samples, margins),
      translate: async (part, statistics) => fetchOne(await this.#program('tile', part), { x: part, ...statistics }),
    };
  }

  async #gather(samples: Iterable<HostTensor>, margins: CropShape['margins']): Promise<TensorRecord[]> {
    const gathered: TensorRecord[] = [];
    let program: Program | undefined;
    try {
      for (const crops of samples) {
        const graph = traceTileStatistics({ ...this.#shapeOf(crops), margins });
        if (graph.outputs.size === 0) break;
        program ??= await this.#compile(graph);
        gathered.push(await fetchAll(program, { x: crops }));
      }
    } finally {
      program?.dispose();
    }
    return gathered;
  }

  #shapeOf({ shape: [batch = 0, , height = 0, width = 0] }: HostTensor): PartShape {
    return { name: GENERATOR_OF[this.#options.direction], spec: this.generator, batch, height, width };
  }

  /** The program for pictures of this shape, compiled when it is not at hand; those unused for longest make room. */
  async #program(kind: 'whole' | 'tile', pictures: HostTensor): Promise<Program> {
    const { name, spec, ...size } = this.#shapeOf(pictures);
    const key = JSON.stringify({ kind, ...size });
    let sized = this.#programs.get(key);
    if (sized === undefined) {
      const pixels = size.batch * size.height * size.width;
      this.#makeRoom(pixels);
      const graph = kind === 'whole' ? traceTranslation(name, spec, size) : traceTile({ name, spec, ...size });
      sized = { pixels, program: await this.#compile(graph) };
    }
    this.#programs.delete(key);
    this.#programs.set(key, sized);
    return sized.program;
  }

  /** Disposes of programs before one for so many pixels comes. */
  #makeRoom(pixels: number): void {
    const { programs, tile } = this.#options;
    const most = tile === 0 ? Number.POSITIVE_INFINITY : 2 * tile ** 2;
    for (const [oldest, { program }] of this.#programs) {
      const held = [...this.#programs.values()].reduce((sum, sized) => sum + sized.pixels, pixels);
      if (this.#programs.size < Math.max(1, programs) && held <= most) break;
      this.#programs.delete(oldest);
      program.dispose();
    }
  }

  async #compile(graph: Graph): Promise<Program> {
    const program = await compile(this.#options.backend, graph, { store: this.#store });
    const { weights } = this.#options;
    const missing = Object.entries(pickVariables(weights, graph)).filter(([name]) => !this.#loaded.has(name));
    await this.#store.load(Object.fromEntries(missing));
    for (const [name] of missing) this.#loaded.add(name);
    return program;
  }
}

async function fetchAll(program: Program, feeds: Feeds): Promise<TensorRecord> {
  const outputs = await program.run(feeds);
  return Object.fromEntries(await Promise.all(Object.entries(outputs).map(async ([name, value]) => [name, await value] as const)));
}

async function fetchOne(program: Program, feeds: Feeds): Promise<HostTensor> {
  const { y } = await program.run(feeds, { fetch: ['y'] });
  return (await y) as HostTensor;
}
