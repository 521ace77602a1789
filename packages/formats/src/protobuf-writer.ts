/** Fields of protobuf messages as they are written, on top of the library's writer of single values. Knows no message. */
import type { Writer } from 'protobufjs/minimal.js';

/** How a field's value is laid out. */
export const WIRE = { varint: 0, fixed64: 1, delimited: 2, fixed32: 5 } as const;

/** What precedes a value: the number of its field and how it is laid out. */
export function tag(field: number, wireType: number): number {
  return (field << 3) | wireType;
}

/** A field that is a message (or packed list): its length is known only when `write` has written it. */
export function message(writer: Writer, field: number, write: () => void): void {
  writer.uint32(tag(field, WIRE.delimited)).fork();
  write();
  writer.ldelim();
}

/** The start of a field whose `length` bytes follow in another chunk. */
export function startMessage(writer: Writer, field: number, length: number): void {
  writer.uint32(tag(field, WIRE.delimited)).uint32(length);
}

/** A field that is a text. */
export function string(writer: Writer, field: number, value: string): void {
  writer.uint32(tag(field, WIRE.delimited)).string(value);
}

/** A field of bytes. */
export function bytes(writer: Writer, field: number, value: Uint8Array): void {
  writer.uint32(tag(field, WIRE.delimited)).bytes(value);
}
