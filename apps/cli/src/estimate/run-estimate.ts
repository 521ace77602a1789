/** What a training will take, in a line, and a warning where the memory does not suffice. Knows neither engines nor terminals. */
import { formatDuration } from '../terminal/messages.ts';
import type { MachineMemory } from './machine-memory.ts';

/** What is known of a run before its first step. */
export interface RunEstimate {
  /** Bytes that training takes, of the process or on the device. */
  readonly bytes: number;
  /** The same with `--memory low`, where it is another. */
  readonly lowBytes?: number | undefined;
  /** Of a step, where it was measured. */
  readonly seconds?: number | undefined;
}

/** What the steps to come are. */
export interface StepsToCome {
  readonly steps: number;
  /** As people count them: `200 epochs of 1067 steps`. */
  readonly about: string;
}

/** Where the memory is: that of the machine, or a device, by its name, with memory of its own. */
export type Place = MachineMemory | string;

/** The estimate with decoded pictures of so many bytes. */
export function withPictures({ bytes, lowBytes, ...estimate }: RunEstimate, pictures: number): RunEstimate {
  return { ...estimate, bytes: bytes + pictures, lowBytes: lowBytes === undefined ? undefined : lowBytes + pictures };
}

/** `about 2.7 GB of memory (24 GB are free) and 4.0 s a step: 2 d 4 h for 200 epochs of 1067 steps`. */
export function describeEstimate({ bytes, seconds }: RunEstimate, place: Place, { steps, about }: StepsToCome): string {
  const where = typeof place === 'string' ? ` on ${place}` : ` (${formatGigabytes(place.free)} are free)`;
  const time = seconds === undefined ? '' : ` and ${formatSeconds(seconds)} a step: ${formatDuration(seconds * steps)} for ${about}`;
  return `about ${formatGigabytes(bytes)} of memory${where}${time}`;
}

/** What to do where the memory will not suffice; undefined where it does, or where nothing is known of it. */
export function memoryAdvice({ bytes, lowBytes }: RunEstimate, place: Place): string | undefined {
  if (typeof place === 'string' || bytes <= place.free) return undefined;
  const low = lowBytes !== undefined && lowBytes < bytes ? ` --memory low takes ${formatGigabytes(lowBytes)}.` : '';
  return `training takes about ${formatGigabytes(bytes)} of memory, and ${formatGigabytes(place.free)} are free: it may be ended by the system.${low} A new run with a smaller --size or --ngf takes less, and closing other programs frees some.`;
}

/** `2.7 GB`, `450 MB`. */
export function formatGigabytes(bytes: number): string {
  if (bytes < 995e6) return `${Number((bytes / 1e6).toPrecision(2))} MB`;
  return `${bytes < 9.95e9 ? (bytes / 1e9).toFixed(1) : Math.round(bytes / 1e9)} GB`;
}

/** `4.0 s`, `160 ms`. */
export function formatSeconds(seconds: number): string {
  if (seconds < 0.995) return `${Number((seconds * 1000).toPrecision(2))} ms`;
  return `${seconds < 9.95 ? seconds.toFixed(1) : Math.round(seconds)} s`;
}
