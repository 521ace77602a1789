/** Bytes read from front to back, never past the end. Knows numbers and lines, no format. */
import { FormatError } from '../errors.ts';

/** A cursor over bytes. */
export class ByteReader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  /** Where the next byte is read. */
  position: number;

  constructor(bytes: Uint8Array, start = 0) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.position = start;
  }

  /** A view of the next `length` bytes; throws FormatError when there are fewer. */
  take(length: number): Uint8Array {
    const start = this.#advance(length);
    return this.#bytes.subarray(start, start + length);
  }

  uint8(): number {
    return this.#view.getUint8(this.#advance(1));
  }

  uint16(): number {
    return this.#view.getUint16(this.#advance(2), true);
  }

  int32(): number {
    return this.#view.getInt32(this.#advance(4), true);
  }

  uint32(): number {
    return this.#view.getUint32(this.#advance(4), true);
  }

  /** A number of 8 bytes, rounded when it is beyond 2^53. */
  uint64(): number {
    return Number(this.#view.getBigUint64(this.#advance(8), true));
  }

  /** The one number that pickle writes with its highest byte first. */
  float64BigEndian(): number {
    return this.#view.getFloat64(this.#advance(8));
  }

  /** The bytes up to the next line feed, which is read and left out. */
  line(): Uint8Array {
    const end = this.#bytes.indexOf('\n'.charCodeAt(0), this.position);
    if (end < 0) throw new FormatError('the file ends in the middle of a line.');
    const bytes = this.take(end - this.position);
    this.position++;
    return bytes;
  }

  #advance(length: number): number {
    const start = this.position;
    const left = this.#bytes.length - start;
    if (length > left) throw new FormatError(`the file is cut off: ${length} bytes are needed here and ${left} follow.`);
    this.position += length;
    return start;
  }
}
