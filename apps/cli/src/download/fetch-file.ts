/**
 * Fetches a file by HTTP, so that what has arrived need not be sent again: it grows beside a note of what the server called that version
 * of it. Knows nothing of what is in the file.
 */
import { type FileHandle, open, readFile, rm, stat } from 'node:fs/promises';
import { z } from 'zod';
import { meansNothingThere, onDisk } from '../disk.ts';
import { RunError } from '../errors.ts';
import { writeFileAtomic } from '../files.ts';

const noteSchema = z.object({ url: z.string(), validator: z.string(), size: z.int().optional() });

/** What is known of a file under way: from where, which version (a strong ETag or a date), how long. */
type Note = z.output<typeof noteSchema>;

/** A note, and how many bytes have arrived. */
interface Begun extends Note {
  readonly received: number;
}

/** An answer whose body belongs into the file after its first `from` bytes. */
interface Answer {
  readonly response: Response;
  readonly from: number;
  /** Length of the whole file, where the server tells it. */
  readonly size: number | undefined;
}

/** What to fetch, and where it grows; `onProgress` hears of bytes that have arrived, of how many. */
export interface FetchOptions {
  readonly url: string;
  readonly part: string;
  readonly onProgress: (received: number, size: number | undefined) => void;
}

/** The length of a file in bytes; undefined when the server does not tell. Throws RunError when it cannot be reached. */
export async function lengthOf(url: string): Promise<number | undefined> {
  const { ok, headers } = await ask(url, { method: 'HEAD' });
  return ok ? wholeLength(headers) : undefined;
}

/**
 * Fetches the rest of a file, or all of it when nothing has arrived yet or the server's file is another one by now. Throws RunError when
 * the connection is lost, the server refuses or the length is wrong; called again it goes on.
 */
export async function fetchFile({ url, part, onProgress }: FetchOptions): Promise<void> {
  const begun = await readBegun(url, part);
  if (begun !== undefined && begun.received === begun.size) return;
  const { response, from, size } = await answerTo(url, begun);
  const file = await onDisk(part, 'written', () => open(part, from === 0 ? 'w' : 'a'));
  try {
    if (from === 0) await writeNote(part, { url, size, validator: validatorOf(response.headers) });
    const received = await receive(response, { file, part, from, onProgress: (bytes) => onProgress(bytes, size) });
    if (size !== undefined && received !== size)
      throw new RunError(`${url}: ${received} bytes arrived, expected ${size}; give the same command again, it goes on.`);
  } finally {
    await file.close();
  }
}

/** What has arrived earlier of the file at `url` and can be gone on from. */
async function readBegun(url: string, part: string): Promise<Begun | undefined> {
  const note = await readNote(part);
  if (note?.url !== url) return undefined;
  const received = await sizeOf(part);
  return received === 0 || received > (note.size ?? received) ? undefined : { ...note, received };
}

/** Asks for the rest, or for all where the server does not give just that. */
async function answerTo(url: string, begun: Begun | undefined): Promise<Answer> {
  // with a content coding, lengths and ranges would be those of something else
  const headers = { 'accept-encoding': 'identity' };
  const response = await ask(url, {
    headers: begun === undefined ? headers : { ...headers, range: `bytes=${begun.received}-`, 'if-range': begun.validator },
  });
  if (response.status === 200 && response.body !== null) return { response, from: 0, size: wholeLength(response.headers) };
  if (begun !== undefined && continues(response, begun)) return { response, from: begun.received, size: begun.size };
  await response.body?.cancel();
  if (begun !== undefined && (response.status === 206 || response.status === 416)) return answerTo(url, undefined);
  const { status, statusText } = response;
  throw new RunError(`${url}: the server answered ${status} ${statusText}, expected the file; try later, or name a mirror with --url.`);
}

/** Whether the answer is exactly the rest of the same file. */
function continues({ status, headers }: Response, { received, size }: Begun): boolean {
  const [, first, total] = /^bytes (\d+)-\d+\/(\d+|\*)$/.exec(headers.get('content-range') ?? '') ?? [];
  return status === 206 && first === String(received) && total === String(size ?? '*');
}

interface Receiving {
  readonly file: FileHandle;
  readonly part: string;
  readonly from: number;
  readonly onProgress: (received: number) => void;
}

/** Appends the body to the file; the bytes that the file has then. */
async function receive({ url, body }: Response, { file, part, from, onProgress }: Receiving): Promise<number> {
  let received = from;
  onProgress(received);
  try {
    for await (const chunk of body ?? []) {
      await onDisk(part, 'written', () => file.writeFile(chunk));
      received += chunk.length;
      onProgress(received);
    }
  } catch (error) {
    if (error instanceof RunError) throw error;
    throw new RunError(`${url}: the connection was lost (${reasonOf(error)}); give the same command again, it goes on.`, { cause: error });
  }
  return received;
}

async function ask(url: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(url, init);
  } catch (error) {
    const remedy = 'check the network, then give the same command again, or name a mirror with --url';
    throw new RunError(`${url}: the server cannot be reached (${reasonOf(error)}); ${remedy}.`, { cause: error });
  }
}

/** fetch tells what happened in the cause of its error. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { cause } = error;
  return cause instanceof Error ? cause.message || ('code' in cause ? String(cause.code) : cause.name) : error.message;
}

function wholeLength(headers: Headers): number | undefined {
  const length = headers.get('content-length');
  return length === null || headers.has('content-encoding') ? undefined : Number(length);
}

/** What names this version of the file for If-Range, which takes no weak ETag (RFC 9110, 13.1.5). */
function validatorOf(headers: Headers): string | undefined {
  const tag = headers.get('etag');
  return tag?.startsWith('"') ? tag : (headers.get('last-modified') ?? undefined);
}

function noteOf(part: string): string {
  return `${part}.json`;
}

/** Without a validator there is no telling whether the rest is that of the same file: the next attempt starts over. */
async function writeNote(part: string, note: { readonly [Key in keyof Note]: Note[Key] | undefined }): Promise<void> {
  const path = noteOf(part);
  if (note.validator === undefined) await onDisk(path, 'written', () => rm(path, { force: true }));
  else await writeFileAtomic(path, [Buffer.from(JSON.stringify(note))]);
}

async function readNote(part: string): Promise<Note | undefined> {
  const text = await readFile(noteOf(part), 'utf8').catch(() => '{}');
  try {
    return noteSchema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

function sizeOf(path: string): Promise<number> {
  return onDisk(path, 'read', () =>
    stat(path).then(
      ({ size }) => size,
      (error: unknown) => {
        if (meansNothingThere(error)) return 0;
        throw error;
      },
    ),
  );
}
