/** What all commands say of times, warnings and errors, and how. */
import colors from 'picocolors';

export { formatDuration } from '../duration.ts';

/** Tells of something that is not as it should be, and goes on. */
export function warn(text: string): void {
  process.stderr.write(`${colors.yellow('warning:')} ${text}\n`);
}

/** Tells of what went wrong. */
export function complain(text: string): void {
  process.stderr.write(`${colors.red('error:')} ${text}\n`);
}
