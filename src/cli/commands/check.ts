/**
 * `istio-tutor check`: the gate for authors. Reads lessons and drills, looks their prose over, and proves them on a
 * cluster: what is broken fails, what is right passes, each near-miss is caught, every announced symptom appears.
 */
import { Command } from 'commander';
import type { GlobalOptions } from '../globals.ts';
import { late } from '../late.ts';

export interface CheckFlags extends GlobalOptions {
  readonly jobs?: string | undefined;
  /** False after --no-cluster. */
  readonly cluster: boolean;
  readonly mutants?: boolean | undefined;
  /** A manifest with a whole answer. */
  readonly answer?: string | undefined;
}

export function checkCommand(): Command {
  return new Command('check')
    .summary('prove lessons and drills, for their authors')
    .description(
      'Reads the course, looks its prose over, and proves every lesson and drill in worlds of its own: the start\nstate fails every check, the solution and each alternative pass, each near-miss is caught by the check that it\nnames, and every announced symptom appears. Exit code 1 when something does not hold.',
    )
    .argument(
      '[what...]',
      'a course, a lesson or a drill: folder, name or number; everything of the course in this folder, or of ours, without it',
    )
    .option('--jobs <N>', 'so many worlds side by side (8 in the sandbox, else 3)')
    .option('--no-cluster', 'only read, look over and validate; nothing is sent')
    .option('--mutants', 'also try each solution with one change at a time, and print how many are caught')
    .option('--answer <FILE>', 'grade this answer to one drill: every verdict, and calls that prove it wrong')
    .addHelpText(
      'after',
      `
Examples:
  istio-tutor check                          all of our lessons and drills, in the sandbox
  istio-tutor check timeout-bites --on kind  one drill on a real cluster
  istio-tutor check ../my-course --jobs 2
  istio-tutor check one-door --mutants       how many wrong answers its grading lets pass
  istio-tutor check one-door --answer a.yaml one answer, as a learner's would be graded
  istio-tutor check --no-cluster --json      for an editor or a commit hook

With --json: {"provider", "ok", "seconds", "counts": {"lessons", "drills", "steps", "checks", "answers",
"nearMisses", "symptoms"}, "prose": [{"file", "line", "what"}], "manifests": [...], "advice": [...], "items": [{"id", "kind", "title", "ok", "seconds",
"counts", "failures": [{"step", "what", "expected", "found", "file", "line"}],
"refused": [{"step", "file", "line", "what", "message"}]}]}; refused are near-misses that the API itself catches.
With --mutants an item has "mutation": {"score", "byCall", "byCheck", "missed", "equal", "refused", "mutants":
[{"what", "outcome", "why"}]}; below 0.95 the drill does not hold. With --answer: {"provider", "drill", "ok", "refusal", "checks": [{"id", "title", "guard",
"state", "expected", "found", "why", "power": [...]}], "alsoTried": [{"from", "curl", "aspect", "expected", "found",
"decidedBy"}]}.`,
    )
    .action(late(async () => (await import('../actions/check.ts')).check));
}
