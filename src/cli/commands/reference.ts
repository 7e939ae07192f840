/** `istio-tutor reference WORD`: the fields of one of Istio's kinds, or an entry of the glossary, as Markdown. */
import { Command } from 'commander';
import { late } from '../late.ts';

export function referenceCommand(): Command {
  return new Command('reference')
    .summary(
      'the fields of ServiceEntry, DestinationRule, VirtualService and Sidecar; flags, exit codes and terms',
    )
    .description(
      "Prints a page about one of Istio's four kinds, without a network: every field with its type, its default as measured, and an example. In a lesson, a drill and a question of an exam the key i shows the same. It also explains Envoy's response flags, curl's exit codes and the terms of the lessons; there that is the key g of a pane.",
    )
    .argument(
      '[word]',
      'the kind, or its short name: se, dr, vs, sidecar; a flag, an exit code, a term; without it, which there are',
    )
    .addHelpText(
      'after',
      `
Examples:
  istio-tutor reference
  istio-tutor reference DestinationRule | less
  istio-tutor reference vs | grep -A3 retries
  istio-tutor reference UF
  istio-tutor reference sni
  istio-tutor reference vs --json | jq -r '.pages[].fields[].path'

With --json: {"pages": [{"kind", "fields", "markdown"}]}, all four without a KIND; a field is
{"path", "type", "required", "default", "defaultOf", "text"}: the path begins below spec, default is null where none is
told, defaultOf is Istio, Envoy or null. Of the glossary: {"entries": [...]}.`,
    )
    .action(late(async () => (await import('../actions/reference.ts')).reference));
}
