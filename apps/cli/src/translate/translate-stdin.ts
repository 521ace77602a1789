/** One picture from standard input to standard output, for pipes. Nothing else may be written there. */
import { buffer } from 'node:stream/consumers';
import type { Translator } from '@cyclegan/core';
import { RunError, UsageError } from '../errors.ts';
import { type TranslateOptions, translateBytes } from './translate-run.ts';

/** Throws UsageError where a person would see the bytes of a picture, or would have to type them. */
export function checkPipes(): void {
  if (process.stdin.isTTY)
    throw new UsageError('- reads a picture from standard input, which is a terminal; send one: cyclegan translate - < in.jpg');
  if (process.stdout.isTTY)
    throw new UsageError('- writes a picture to standard output, which is a terminal; send it to a file: > out.png');
}

/** Translates the picture on standard input to standard output; throws PictureError when it is none, RunError when nobody reads. */
export async function translateStdin(translator: Translator, options: TranslateOptions): Promise<void> {
  const bytes = await buffer(process.stdin);
  const result = await translateBytes(translator, bytes, options).catch((error: unknown) => {
    if (error instanceof Error) error.message = error.message.replace(/^picture:/, 'standard input:');
    throw error;
  });
  await new Promise<void>((resolve, reject) => {
    process.stdout.write(result, (error) => {
      if (error === null || error === undefined) resolve();
      else reject(new RunError(`standard output was closed before the picture was written (${error.message}).`, { cause: error }));
    });
  });
}
