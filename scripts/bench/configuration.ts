/** What the bench measures: a CycleGAN of the paper's kind at some size, and how often. Knows neither engines nor processes. */
import { type CycleGanConfig, cycleGanModel, PAPER_DISCRIMINATOR, PAPER_GENERATOR } from '@cyclegan/core';

/** A model and how it is run. */
export interface Configuration {
  /** Height and width of pictures. */
  readonly size: number;
  /** Filters of the first layer, of generators and discriminators alike. */
  readonly ngf: number;
  /** Residual blocks of a generator. */
  readonly blocks: number;
  readonly batch: number;
  /** Steps that are timed, after one that is not. */
  readonly steps: number;
  /** CPU threads. */
  readonly threads: number;
}

/** The models of the table: the paper's at 256 pixels, the same at 128, and a small one for a CPU. */
export const TABLE = [
  { size: 256, ngf: 64, blocks: 9 },
  { size: 128, ngf: 64, blocks: 9 },
  { size: 64, ngf: 32, blocks: 6 },
] as const;

/** The model of a configuration. */
export function modelOf({ size, ngf, blocks, batch }: Configuration): CycleGanConfig {
  const generator = { ...PAPER_GENERATOR, filters: ngf, blocks };
  const discriminator = { ...PAPER_DISCRIMINATOR, filters: ngf };
  // programs to compare with leave the image buffer out as well: it takes no time, but memory
  return cycleGanModel({ height: size, width: size, batch, generator, discriminator, poolSize: 0 });
}

/** How a configuration is called: pictures, filters, blocks. */
export function nameOf({ size, ngf, blocks, batch }: Configuration): string {
  return `${size}/${ngf}/${blocks}${batch === 1 ? '' : ` x ${batch}`}`;
}

/** A configuration as options of this bench, which other programs that are measured take as well; a batch of 1 goes without saying. */
export function argumentsOf({ batch, ...rest }: Configuration): string[] {
  const options = batch === 1 ? rest : { ...rest, batch };
  return Object.entries(options).flatMap(([name, value]) => [`--${name}`, String(value)]);
}
