/** `cyclegan completion`: its options and what its help teaches; and the hidden command that its scripts call. */
import { Argument, Command } from 'commander';
import { SERVER, SHELLS, type Shell } from '../completion/shells.ts';

const HELP = `
Examples:
  bash: put this line into ~/.bashrc, zsh: into ~/.zshrc (below compinit), and
  open a new terminal:
    $ source <(cyclegan completion bash)
    $ source <(cyclegan completion zsh)

  fish:
    $ cyclegan completion fish > ~/.config/fish/completions/cyclegan.fish

  PowerShell: put this line into the file that $PROFILE names:
    > cyclegan completion powershell | Out-String | Invoke-Expression

Commands, options, presets, devices and other values that have names, runs, and
files are completed. The shell has to find cyclegan by that name: npx is not
enough. In a clone of the repository, npm link -w apps/cli installs it.

Exit status: 0 done, 2 called wrongly.`;

/** The command, which calls `exit` with its status. */
export function completionCommand(exit: (status: number) => void): Command {
  return new Command('completion')
    .summary('complete commands and options with the Tab key')
    .description('Prints a script that teaches a shell to complete this command when Tab is pressed.')
    .addArgument(new Argument('<shell>', 'the shell').choices(SHELLS))
    .addHelpText('after', HELP)
    .action(async (shell: Shell) => {
      const { printCompletionScript } = await import('../actions/completion.ts');
      exit(await printCompletionScript(shell));
    });
}

/** The command that answers a shell; it calls `exit` with its status. */
export function completionServerCommand(exit: (status: number) => void): Command {
  return new Command(SERVER)
    .description('Answers the scripts of cyclegan completion.')
    .argument('[words...]', 'the words of the line')
    .action(async (words: string[], _: unknown, command: Command) => {
      const { answerShell } = await import('../actions/completion-server.ts');
      exit(await answerShell(command.parent ?? command, words));
    });
}
