/** A size on the command line. */
import type { Size } from '@cyclegan/data';
import { InvalidArgumentError } from 'commander';

/** Pixels such as 256, or width x height such as 512x256. */
export function parseSize(text: string): Size {
  const [, width, height] = /^([1-9]\d{0,5})(?:x([1-9]\d{0,5}))?$/.exec(text) ?? [];
  if (width === undefined) throw new InvalidArgumentError('Expected pixels such as 256, or width x height such as 512x256.');
  return { width: Number(width), height: Number(height ?? width) };
}
