/**
 * Translating pictures of any size with a trained generator. Works on host tensors: it knows no files, and what engine
 * computes is the backend's affair.
 */
import type { Backend, Program, VariableStore } from '../backend.ts';
import { compile } from '../compile.ts';
import { type GeneratorSpec, generatorExtents, ModelError } from '../models/specs.ts';
import { CallQueue } from '../store.ts';
import { formatShape, type HostTensor, type TensorRecord } from '../tensor.ts';
import { traceTranslation } from '../training/cyclegan-step.ts';
import { pickVariables } from '../training/model.ts';
import { crop, reflectTo } from './reflect.ts';

/** From A to B, by the generator genAB, or back, by genBA. */
export type Direction = 'AtoB' | 'BtoA';

/** The name of the generator of each direction, which its variables start with. */
export const GENERATOR_OF = { AtoB: 'genAB', BtoA: 'genBA' } as const satisfies Record<Direction, string>;

/** What a translator is made of. */
export interface TranslatorOptions {
  readonly backend: Backend;
  /** The generator's settings: `generatorAB` or `generatorBA` of the trained model. */
  readonly generator: GeneratorSpec;
  /** The generator's variables under their full names; others may be among them. */
  readonly weights: TensorRecord;
  readonly direction?: Direction;
  /** Sizes of pictures whose compiled programs are kept, those used last. */
  readonly programs?: number;
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
  readonly #programs = new Map<string, Program>();
  #loaded = false;

  constructor(options: TranslatorOptions) {
    this.#options = { direction: 'AtoB', programs: 4, ...options };
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

  /** Frees what the engine holds, after the translations under way; disposing again does nothing. */
  dispose(): void {
    void this.#calls.close(() => {
      for (const program of this.#programs.values()) program.dispose();
      this.#programs.clear();
      this.#store.dispose();
    });
  }

  async #translate(pictures: HostTensor): Promise<HostTensor> {
    const { generator } = this;
    const [batch = 0, channels = 0, height = 0, width = 0] = pictures.shape;
    if (pictures.shape.length !== 4 || channels !== generator.inputChannels) {
      throw new ModelError(
        `the generator takes pictures N x ${generator.inputChannels} x H x W (N x channels x height x width), got ${formatShape(pictures.shape)}.`,
      );
    }
    const size = { height: accepted(height, generator), width: accepted(width, generator) };
    const { padded, window } = reflectTo(pictures, size);
    const program = await this.#program({ batch, ...size });
    const { y } = await program.run({ x: padded }, { fetch: ['y'] });
    return crop((await y) as HostTensor, window);
  }

  /** The program of a size, compiled when it is not at hand; the one unused for longest makes room. */
  async #program(shape: { readonly batch: number; readonly height: number; readonly width: number }): Promise<Program> {
    const { generator } = this;
    const { backend, direction, weights, programs } = this.#options;
    const key = JSON.stringify(shape);
    let program = this.#programs.get(key);
    if (program === undefined) {
      const graph = traceTranslation(GENERATOR_OF[direction], generator, shape);
      program = await compile(backend, graph, { store: this.#store });
      if (!this.#loaded) await this.#store.load(pickVariables(weights, graph));
      this.#loaded = true;
    }
    this.#programs.delete(key);
    this.#programs.set(key, program);
    for (const [oldest, unused] of this.#programs) {
      if (this.#programs.size <= Math.max(1, programs)) break;
      this.#programs.delete(oldest);
      unused.dispose();
    }
    return program;
  }
}

/** The smallest extent from `extent` on that the generator takes. */
function accepted(extent: number, generator: GeneratorSpec): number {
  const { multiple, minimum } = generatorExtents(generator);
  return Math.max(minimum, Math.ceil(extent / multiple) * multiple);
}
