/** Records of TFRecord files, which TensorBoard's event files are: bytes, their length, and sums that tell a record that was cut or altered. */
import crc32c from 'crc-32/crc32c.js';
import { concatBytes } from '../bytes.ts';

/** A sum of data that hold sums themselves would be weak: TFRecord rotates sums and adds this. */
const MASK = 0xa282ead8;

/** A record: length (u64), masked CRC-32C of the length, `data`, masked CRC-32C of `data`; all little endian. */
export function tfRecord(data: Uint8Array): Uint8Array {
  const length = new Uint8Array(8);
  const view = new DataView(length.buffer);
  view.setBigUint64(0, BigInt(data.length), true);
  return concatBytes([length, maskedSum(length), data, maskedSum(data)]);
}

function maskedSum(data: Uint8Array): Uint8Array {
  const sum = crc32c.buf(data);
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, ((sum >>> 15) | (sum << 17)) + MASK, true);
  return bytes;
}
