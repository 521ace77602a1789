/**
 * An engine of TensorFlow.js, which keeps all that it has registered in one global place, with one of them in use. What is computed is
 * computed without a pause, so to take an engine into use before each piece of work is enough for several to live side by side.
 */
import { BackendError } from '@cyclegan/core';
import * as tf from '@tensorflow/tfjs-core';

/** A registered engine that is ready. */
export class Engine {
  readonly #name: string;
  #failure: string | undefined;

  private constructor(name: string) {
    this.#name = name;
  }

  /** Makes the engine that is registered under `name` ready; throws BackendError when it cannot be. */
  static async start(name: string): Promise<Engine> {
    if (!(await tf.setBackend(name))) throw new BackendError(`TensorFlow.js could not start its engine ${name}.`);
    return new Engine(name);
  }

  /** Makes it the one that computes; throws as `check`. */
  use(): void {
    this.check();
    // at once, since it has been made ready
    if (tf.getBackend() !== this.#name) void tf.setBackend(this.#name);
  }

  /** Notes that its device has failed, which TensorFlow.js only prints. */
  fail(message: string): void {
    this.#failure ??= message;
  }

  /** Throws BackendError when its device has failed: from then on nothing that it returns can be trusted. */
  check(): void {
    if (this.#failure !== undefined)
      throw new BackendError(
        `TensorFlow.js: the device failed (${this.#failure}). Remedy: resume from the last checkpoint in a new process.`,
      );
  }
}

/** Tensors that are alive, of all engines. */
export function liveTensors(): number {
  return tf.memory().numTensors;
}
