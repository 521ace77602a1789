/** What `cyclegan completion` does: a script for a shell, and the answers that the script asks for. */
import { getCompletionScript } from '@pnpm/tabtab';
import type { Shell } from '../completion/shells.ts';
import { EXIT } from '../errors.ts';

const PROGRAM = 'cyclegan';

/** Prints the script that teaches a shell to complete the command; the exit status. */
export async function printCompletionScript(shell: Shell): Promise<number> {
  const script = await getCompletionScript({ name: PROGRAM, completer: PROGRAM, shell: shell === 'powershell' ? 'pwsh' : shell });
  process.stdout.write(`${script.trim()}\n`);
  return EXIT.done;
}
