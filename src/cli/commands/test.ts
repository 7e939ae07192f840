/**
 * `istio-tutor test`: scenes, that is manifests, calls and what must come of them, in a file. In the sandbox it needs no
 * cluster: a team's CI runs it on every change of its routes.
 */
import { Command } from 'commander';
import type { GlobalOptions } from '../globals.ts';
import { late } from '../late.ts';

export interface TestFlags extends GlobalOptions {
  readonly jobs?: string | undefined;
  readonly junit?: string | undefined;
  readonly only?: string | undefined;
  readonly root?: string | undefined;
  readonly calls?: boolean | undefined;
  readonly yes?: boolean | undefined;
}

export function testCommand(): Command {
  return new Command('test')
    .summary('what your routes must do, tested by calls; without a cluster')
    .description(
      'Applies the manifests of each scene, sends its calls through a sidecar, and holds what comes back against what it expects. Each scene runs in a sandbox of its own, or with --on on a cluster. docs/scenes.md tells how a scene is written.',
    )
    .argument('<scenes...>', 'scene files, folders with a scene.yaml, or folders of these')
    .option('--only <ID>', 'only the check of this id')
    .option('--calls', 'send the calls that no check names as well, and draw their way')
    .option('--root <DIR>', 'the folder in which the scenes may read manifests; else their own')
    .option('--junit <FILE>', 'also write the results as JUnit XML')
    .option('-y, --yes', 'answer every question of --on context with yes')
    .option('--jobs <N>', 'so many scenes side by side (4 in the sandbox, else 2)')
    .addHelpText(
      'after',
      `
Examples:
  istio-tutor test mesh/scene.yaml
  istio-tutor test tests/ --root . --junit scenes.xml
  istio-tutor test mesh/ --only canary-by-header
  istio-tutor test lab.scene.yaml --on kind

Exit codes: 0 all checks hold; 1 a check fails, or a manifest is refused; 2 wrong usage, or a scene that cannot be
read (each is told, and the others are run all the same); 3 something could not be checked, or the cluster is missing or
broken; 130 interrupted.

With --json: {"provider", "ok", "seconds", "counts": {"scenes", "checks", "passed", "failed", "couldNotCheck",
"notTried", "refused"}, "unreadable": [{"file", "what", "why"?, "next"}], "scenes": [{"file", "title", "ok", "seconds", "refused": [{"what", "message", "field"?, "file"?,
"line"?, "accepted"?}], "late"?, "warnings": [{"what", "message"}], "leftOut": [...], "checks": [{"id", "title", "state", "curl",
"from"?, "found"?, "expected"?, "why"?, "way"?}], "calls": [{"name", "title", "curl", "exit", "codes", "way"}],
"error"?: {"what", "why"?, "next"}}]}; "state" is passed, failed, could-not-check or not-tried, "way" a call's way in
sentences. A scene that cannot be read, and is the only one, is {"error"} instead.`,
    )
    .action(late(async () => (await import('../actions/test.ts')).test));
}
