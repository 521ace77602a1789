/**
 * Events as TensorBoard reads them: scalars, pictures and texts of a step, and where a session begins. Bytes only; which file they go
 * to, and when, is the caller's concern.
 */
import { Writer } from 'protobufjs/minimal.js';
import { bytes, message, string, tag, WIRE } from '../protobuf-writer.ts';
import { readPngHead } from './png.ts';
import { EVENT, IMAGE, METADATA, PLUGIN_DATA, SESSION_LOG, SESSION_START, STRING_DTYPE, SUMMARY, TENSOR, VALUE } from './proto.ts';
import { tfRecord } from './record.ts';

/** The version that event files begin with. */
const FILE_VERSION = 'brain.Event:2';

/** Something to show under a tag; tags that share what precedes their `/` are shown together. */
export type TensorBoardValue =
  | { readonly kind: 'scalar'; readonly tag: string; readonly value: number }
  /** The bytes of a PNG file. */
  | { readonly kind: 'image'; readonly tag: string; readonly png: Uint8Array }
  /** Markdown. */
  | { readonly kind: 'text'; readonly tag: string; readonly text: string };

/** What an event says. */
export type TensorBoardContent =
  /** The first event of each file. */
  | { readonly kind: 'version' }
  /** A session begins with the event's step: what earlier files hold of this step and later ones is void. */
  | { readonly kind: 'start' }
  | { readonly kind: 'values'; readonly values: readonly TensorBoardValue[] };

/** An event. */
export interface TensorBoardEvent {
  /** Seconds since 1970. */
  readonly wallTime: number;
  readonly step: number;
  readonly content: TensorBoardContent;
}

/**
 * The bytes of an event in a file, as one TFRecord; an event file is its records, one after the other. Throws FormatError for an image
 * that is no PNG.
 *
 * @example
 * await appendFile('events.out.tfevents.1', eventRecord({ wallTime: Date.now() / 1000, step: 0, content: { kind: 'version' } }));
 */
export function eventRecord({ wallTime, step, content }: TensorBoardEvent): Uint8Array {
  const writer = new Writer();
  writer.uint32(tag(EVENT.wallTime, WIRE.fixed64)).double(wallTime);
  integer(writer, EVENT.step, step);
  switch (content.kind) {
    case 'version':
      string(writer, EVENT.fileVersion, FILE_VERSION);
      break;
    case 'start':
      message(writer, EVENT.sessionLog, () => integer(writer, SESSION_LOG.status, SESSION_START));
      break;
    case 'values':
      message(writer, EVENT.summary, () => {
        for (const value of content.values) message(writer, SUMMARY.value, () => writeValue(writer, value));
      });
  }
  return tfRecord(writer.finish());
}

function writeValue(writer: Writer, value: TensorBoardValue): void {
  string(writer, VALUE.tag, value.tag);
  switch (value.kind) {
    case 'scalar':
      writer.uint32(tag(VALUE.scalar, WIRE.fixed32)).float(value.value);
      break;
    case 'image':
      message(writer, VALUE.image, () => writeImage(writer, value.png));
      break;
    case 'text':
      // what shows a tensor is told by its metadata
      message(writer, VALUE.metadata, () => message(writer, METADATA.pluginData, () => string(writer, PLUGIN_DATA.pluginName, 'text')));
      message(writer, VALUE.tensor, () => writeText(writer, value.text));
  }
}

/** Colours are told by the number of channels. */
function writeImage(writer: Writer, png: Uint8Array): void {
  const { width, height, channels } = readPngHead(png);
  integer(writer, IMAGE.height, height);
  integer(writer, IMAGE.width, width);
  integer(writer, IMAGE.colours, channels);
  bytes(writer, IMAGE.encoded, png);
}

/** A tensor of rank 0. */
function writeText(writer: Writer, text: string): void {
  integer(writer, TENSOR.dtype, STRING_DTYPE);
  message(writer, TENSOR.shape, () => undefined);
  string(writer, TENSOR.strings, text);
}

function integer(writer: Writer, field: number, value: number): void {
  writer.uint32(tag(field, WIRE.varint)).int64(value);
}
