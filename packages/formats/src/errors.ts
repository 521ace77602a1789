/** The one error of this package. */

/** A file is not what its format promises, or a value does not fit a format; the message names the place, the problem and the remedy. */
export class FormatError extends Error {
  override name = 'FormatError';
}
