/**
 * Reads TensorBoard event files, independently of what writes them: records from the definition of TFRecord, events from the schema by
 * protobufjs's own decoder.
 */
import protobuf from 'protobufjs';

/** As in tensorboard/compat/proto, but for what no file here holds. */
const SCHEMA = `
syntax = "proto3";
message Event {
  double wall_time = 1;
  int64 step = 2;
  oneof what { string file_version = 3; Summary summary = 5; SessionLog session_log = 7; }
}
message SessionLog {
  enum SessionStatus { STATUS_UNSPECIFIED = 0; START = 1; STOP = 2; CHECKPOINT = 3; }
  SessionStatus status = 1;
}
message SummaryMetadata {
  message PluginData { string plugin_name = 1; bytes content = 2; }
  PluginData plugin_data = 1;
}
message Summary {
  message Image { int32 height = 1; int32 width = 2; int32 colorspace = 3; bytes encoded_image_string = 4; }
  message Value {
    string tag = 1;
    SummaryMetadata metadata = 9;
    oneof value { float simple_value = 2; Image image = 4; TensorProto tensor = 8; }
  }
  repeated Value value = 1;
}
message TensorShapeProto { message Dim { int64 size = 1; } repeated Dim dim = 2; }
message TensorProto { int32 dtype = 1; TensorShapeProto tensor_shape = 2; repeated bytes string_val = 8; }
`;

const EVENT = protobuf.parse(SCHEMA, { keepCase: true }).root.lookupType('Event');

/** CRC-32C bit by bit, from its polynomial. */
export function crc32c(bytes: Uint8Array): number {
  let sum = 0xffffffff;
  for (const byte of bytes) {
    sum ^= byte;
    for (let bit = 0; bit < 8; bit++) sum = (sum >>> 1) ^ (sum & 1 ? 0x82f63b78 : 0);
  }
  return (sum ^ 0xffffffff) >>> 0;
}

/** The data of each record; throws for sums that are wrong, and for a record that is cut. */
export function readRecords(file: Uint8Array): Uint8Array[] {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const check = (start: number, end: number) => {
    const sum = crc32c(file.subarray(start, end));
    const rotated = ((sum >>> 15) | (sum << 17)) >>> 0;
    const masked = (rotated + 0xa282ead8) % 2 ** 32;
    if (view.getUint32(end, true) !== masked) throw new Error(`the sum of bytes ${start} to ${end} is wrong`);
  };
  const records: Uint8Array[] = [];
  for (let at = 0; at < file.length; ) {
    const length = Number(view.getBigUint64(at, true));
    check(at, at + 8);
    check(at + 12, at + 12 + length);
    records.push(file.subarray(at + 12, at + 12 + length));
    at += 16 + length;
  }
  return records;
}

/** A value of an event. */
export interface ReadValue {
  readonly tag: string;
  readonly simple_value?: number;
  readonly image?: {
    readonly height: number;
    readonly width: number;
    readonly colorspace: number;
    readonly encoded_image_string: Uint8Array;
  };
  readonly tensor?: {
    readonly dtype: number;
    readonly tensor_shape: { readonly dim?: readonly unknown[] };
    readonly string_val: readonly Uint8Array[];
  };
  readonly metadata?: { readonly plugin_data: { readonly plugin_name: string } };
}

/** An event of a file. */
export interface ReadEvent {
  readonly wall_time: number;
  readonly step: number;
  readonly file_version?: string;
  readonly session_log?: { readonly status: string };
  readonly summary?: { readonly value: readonly ReadValue[] };
}

/** The events of a file. */
export function readEvents(file: Uint8Array): ReadEvent[] {
  return readRecords(file).map((record) => {
    const event = EVENT.toObject(EVENT.decode(record), { longs: Number, enums: String }) as Omit<ReadEvent, 'step'>;
    // the schema's default, which the decoder leaves out
    return { step: 0, ...event };
  });
}
