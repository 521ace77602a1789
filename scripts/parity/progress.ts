/** How far the suite is, as lines: a process tells its own steps, this adds them up. */
import type { Section } from './protocol.ts';

/** What a section is worth, roughly in seconds on an engine of medium speed. */
const WEIGHTS: Readonly<Record<Section, number>> = { training: 10, checkpoint: 5, ops: 20, golden: 40 };

const INTERVAL_SECONDS = 10;

/** Sections of all processes, under way and to come. */
export class SuiteProgress {
  readonly #begun = performance.now();
  readonly #fractions = new Map<string, number>();
  readonly #current = new Map<string, string>();
  readonly #timer = setInterval(() => this.#tell(), INTERVAL_SECONDS * 1000);

  /** Announces a section of an engine. */
  expect(engine: string, section: Section): void {
    this.#fractions.set(`${engine} ${section}`, 0);
  }

  /** An engine needs no more time. */
  drop(engine: string): void {
    for (const key of this.#fractions.keys()) if (key.startsWith(`${engine} `)) this.#fractions.delete(key);
    this.#current.delete(engine);
  }

  /** A section is so far. */
  update(engine: string, section: Section, { done, total }: { readonly done: number; readonly total: number }): void {
    this.#fractions.set(`${engine} ${section}`, done / total);
    this.#current.set(engine, `${engine} ${section} ${done}/${total}`);
  }

  /** An engine has no process any more. */
  pause(engine: string): void {
    this.#current.delete(engine);
  }

  /** Prints a line, with the time since the start. */
  say(text: string): void {
    console.log(`${clockOf(this.#seconds()).padStart(6)}  ${text}`);
  }

  /** Ends the lines. */
  stop(): void {
    clearInterval(this.#timer);
  }

  #seconds(): number {
    return (performance.now() - this.#begun) / 1000;
  }

  #tell(): void {
    const worth = [...this.#fractions].map(([key, fraction]) => [WEIGHTS[key.split(' ')[1] as Section], fraction] as const);
    const whole = worth.reduce((sum, [weight]) => sum + weight, 0);
    const done = worth.reduce((sum, [weight, fraction]) => sum + weight * fraction, 0);
    const left = done > 0 ? `; about ${clockOf((this.#seconds() * (whole - done)) / done)} left` : '';
    this.say(`${[...this.#current.values()].join(', ') || 'starting'}${left}`);
  }
}

/** Seconds as minutes and seconds. */
export function clockOf(seconds: number): string {
  const whole = Math.round(seconds);
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, '0')}`;
}
