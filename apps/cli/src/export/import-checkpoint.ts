/** Making a run of a checkpoint that was written elsewhere, in a browser for one, so that it can go on here. Knows no output. */
import { copyFile, mkdir } from 'node:fs/promises';
import { chooseEngine } from '../engines/choose-engine.ts';
import { RunError } from '../errors.ts';
import { kindOfPath } from '../files.ts';
import { isCheckpoint, type LoadedCheckpoint, loadCheckpoint } from '../runs/checkpoint.ts';
import type { RunFolder } from '../runs/run-folder.ts';
import { type Settings, settingsSchema } from '../settings/settings.ts';
import { DEFAULT_EXECUTION } from '../train/run-plan.ts';

/** A checkpoint with all that a run needs to go on. */
export interface WholeCheckpoint extends LoadedCheckpoint {
  readonly path: string;
  readonly settings: Settings;
}

/** The checkpoint in a file, if it is one that states the settings of its run; throws FormatError when it is damaged. */
export async function wholeCheckpoint(path: string): Promise<WholeCheckpoint | undefined> {
  if ((await kindOfPath(path)) !== 'file' || !(await isCheckpoint(path))) return undefined;
  const checkpoint = await loadCheckpoint(path);
  const settings = settingsSchema.safeParse(checkpoint.settings);
  return settings.success ? { ...checkpoint, path, settings: settings.data } : undefined;
}

/** Makes the folder of a run that stands where the checkpoint does, in one go; throws RunError when there is one of that name. */
export async function importCheckpoint(folder: RunFolder, { path, settings, state }: WholeCheckpoint): Promise<void> {
  if (await folder.exists()) throw new RunError(`${folder.path} exists already; choose another --name, or delete that folder.`);
  const execution = { ...DEFAULT_EXECUTION, ...(await chooseEngine({})) };
  await folder.createWith(async (made) => {
    await made.writeConfig({ format: 'cyclegan-run', formatVersion: 1, settings, execution });
    await mkdir(made.checkpoints);
    await copyFile(path, made.checkpoint(state.step));
  });
}
