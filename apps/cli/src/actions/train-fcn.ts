/** What `cyclegan train-fcn` does. */
import { extname } from 'node:path';
import type { SegmentationResult } from '@cyclegan/eval';
import { createBackend } from '../backends.ts';
import { chooseEngine, type EngineRequest } from '../engines/choose-engine.ts';
import { EXIT, RunError, UsageError } from '../errors.ts';
import { rulesInWords, scoresTable } from '../evaluate/label-maps.ts';
import { blockLines, percent } from '../evaluate/table.ts';
import { kindOfPath } from '../files.ts';
import { catchInterrupt } from '../interrupt.ts';
import { type FcnSettings, usualCrop } from '../segmenter/fcn-settings.ts';
import { findLabels, type LabelledData } from '../segmenter/label-pairs.ts';
import { testSegmenter, USUAL_OPTIONS } from '../segmenter/test-segmenter.ts';
import { descriptionPath, trainSegmenter, writeSegmenter } from '../segmenter/train-segmenter.ts';
import { formatDuration } from '../terminal/messages.ts';

/** What was asked for. */
export interface TrainFcnCall extends EngineRequest, Omit<FcnSettings, 'crop' | 'balance' | 'shuffleLabels'> {
  readonly data: string;
  readonly out: string;
  readonly photos?: 'A' | 'B';
  readonly palette?: string;
  readonly crop?: number;
  readonly balance?: boolean;
  readonly shuffleLabels?: boolean;
  readonly force?: boolean;
}

/** Trains a network, writes it and tests it; the exit status. Throws UsageError for a contradiction, RunError for files that exist and pictures that do not fit. */
export async function trainFcn(call: TrainFcnCall): Promise<number> {
  const { out, data, photos, palette, force = false } = call;
  await checkOut(out, force);
  const found = await findLabels({ data, ...(photos === undefined ? {} : { photos }), ...(palette === undefined ? {} : { palette }) });
  const started = performance.now();
  if (!(await learn(call, found))) {
    process.stdout.write(`stopped: ${out} was not written.\n`);
    return EXIT.interrupted;
  }
  const took = formatDuration((performance.now() - started) / 1000);
  process.stdout.write(
    `${out}: FCN-8s of ${found.palette.classes.length} classes, trained on ${found.train.names.length} pairs in ${took}\n`,
  );
  if (found.test === undefined) process.stdout.write(`${data} has no test pictures to try it on.\n`);
  else tell(await testSegmenter(out, found.test, found.palette));
  return EXIT.done;
}

async function checkOut(out: string, force: boolean): Promise<void> {
  if (extname(out).toLowerCase() !== '.onnx') throw new UsageError(`--out ${out}: expected a name that ends in .onnx.`);
  for (const path of [out, descriptionPath(out)]) {
    const kind = await kindOfPath(path);
    if (kind === 'folder') throw new UsageError(`--out ${out}: ${path} is a folder; choose another name.`);
    if (kind === 'file' && !force) throw new RunError(`${path} exists; give --force to replace it.`);
  }
}

/** The settings of a call; throws UsageError for parts that are larger than pictures. */
function settingsOf({
  width,
  norm,
  dropout,
  size,
  crop = usualCrop(size),
  batch,
  epochs,
  lr,
  seed,
  flip,
  ...call
}: TrainFcnCall): FcnSettings {
  const { balance = false, shuffleLabels = false } = call;
  if (crop > size) throw new UsageError(`--crop ${crop} is larger than --size ${size}; make one fit the other.`);
  return { width, norm, dropout, size, crop, batch, epochs, lr, seed, flip, balance, shuffleLabels };
}

/** Whether training came to its end. */
async function learn(call: TrainFcnCall, { train, palette }: LabelledData): Promise<boolean> {
  const training = { pairs: train, palette, settings: settingsOf(call) };
  const { backend: name, device, threads } = call;
  const backend = await createBackend(await chooseEngine({ backend: name, device, threads }));
  const interrupt = catchInterrupt(() => undefined);
  try {
    const trained = await trainSegmenter({ ...training, backend, signal: interrupt.signal });
    if (trained !== undefined) await writeSegmenter(call.out, trained, training);
    return trained !== undefined;
  } finally {
    interrupt.stop();
    await backend.dispose();
  }
}

function tell(result: SegmentationResult): void {
  const total = result.classes.reduce((sum, { truth }) => sum + truth, 0);
  const [common] = [...result.classes].sort((one, other) => other.truth - one.truth);
  const blocks = [
    `On ${result.pictures.length} test pictures (${rulesInWords(USUAL_OPTIONS)}):`,
    scoresTable({ 'real photos': result }),
    `The most common class alone, ${common?.name}, is ${percent((common?.truth ?? 0) / total)} of the pixels.`,
  ];
  process.stdout.write(`${blockLines(blocks).join('\n')}\n`);
}
