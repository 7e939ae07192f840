/**
 * `istio-tutor play [SCENE]`: the playground, an empty mesh and a folder; or a scene in it, or a lesson's step. --save
 * makes a scene of it.
 */
import { Command } from 'commander';
import type { GlobalOptions } from '../globals.ts';
import { late } from '../late.ts';

export interface PlayFlags extends GlobalOptions {
  readonly from?: string | undefined;
  readonly save?: string | undefined;
}

export function playCommand(): Command {
  return new Command('play')
    .summary('a playground: your own YAML, your own calls')
    .description(
      'An empty mesh and a folder. Whatever YAML is saved in the folder is applied, any call is sent and its way is drawn, and what a change would do is told before it is applied. SCENE puts its manifests into the folder (yours are kept as NAME.mine) and offers its calls.',
    )
    .argument('[scene]', 'a scene file, or a folder with a scene.yaml')
    .option('--from <STEP>', "begin as a lesson's step or a drill does: 3/5, timeout-bites")
    .option('--save <FILE>', 'write the playground as a scene into this new file (NAME.scene.yaml), and end')
    .addHelpText(
      'after',
      `
Examples:
  istio-tutor play                           go on with what is in the folder
  istio-tutor play mesh/scene.yaml           somebody's scene: its manifests, its calls
  istio-tutor play --from 3/5                a lesson's step, to try other things in it
  istio-tutor play --from timeout-bites
  istio-tutor play --save question.scene.yaml
                                             one file, to attach to a question

A scene is what istio-tutor test runs as well; docs/scenes.md tells what it may say.`,
    )
    .action(late(async () => (await import('../actions/play.ts')).play));
}
