/** `istio-tutor completion SHELL`: what the shell needs to complete our commands and flags, made from the commands. */
import { Command } from 'commander';
import { late } from '../late.ts';

export function completionCommand(): Command {
  return new Command('completion')
    .summary('print completions for your shell')
    .description(
      'Prints a script for bash, zsh or fish that completes commands, lessons, drills and flags with their values.',
    )
    .argument('<shell>', 'bash, zsh, fish')
    .addHelpText(
      'after',
      `
Examples:
  source <(istio-tutor completion bash)
  istio-tutor completion zsh > "\${fpath[1]}/_istio-tutor"
  istio-tutor completion fish > ~/.config/fish/completions/istio-tutor.fish`,
    )
    .action(late(async () => (await import('../actions/completion.ts')).completion));
}
