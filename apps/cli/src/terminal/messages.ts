/** What all commands say of times, warnings and errors, and how. */
import { createColors } from 'picocolors';
import { showsColours } from './abilities.ts';
import { printAbove } from './standing-line.ts';

export { formatDuration } from '../duration.ts';

const { red, yellow } = createColors(showsColours(process.stderr));

/** Tells of something that is as it should be, beside what a command prints. */
export function note(text: string): void {
  printAbove(() => process.stderr.write(`${text}\n`));
}

/** Tells of something that is not as it should be, and goes on. */
export function warn(text: string): void {
  printAbove(() => process.stderr.write(`${yellow('warning:')} ${text}\n`));
}

/** Tells of what went wrong. */
export function complain(text: string): void {
  printAbove(() => process.stderr.write(`${red('error:')} ${text}\n`));
}
