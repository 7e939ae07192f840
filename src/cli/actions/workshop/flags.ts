/** What the flags of `workshop` may say. Each throws a UserError for what it may not. */
import { UserError } from '../../../shared/errors.ts';
import type { GlobalOptions } from '../../globals.ts';

/** `--learners`: names of namespaces end with these. */
export function learnerNames(text: string): readonly string[] {
  const names = text.split(',').map(each => each.trim());
  const wrong = names.find(each => !/^[a-z0-9]([a-z0-9-]{0,28}[a-z0-9])?$/.test(each));
  if (wrong !== undefined) {
    throw new UserError({
      what:
        wrong === ''
          ? '--learners has an empty name.'
          : `--learners ${JSON.stringify(wrong)} cannot be used as a name.`,
      why: 'A learner has 1 to 30 small letters, digits and dashes, with a letter or digit at both ends.',
      next: ['--learners ana,ben,cleo'],
    });
  }
  const twice = names.find((each, i) => names.indexOf(each) !== i);
  if (twice !== undefined) {
    throw new UserError({
      what: `--learners names ${twice} twice.`,
      why: 'Each has a world of their own.',
      next: [`--learners ${[...new Set(names)].join(',')}`],
    });
  }
  return names;
}

/** `--hours`: so long a token works. */
export function hoursOf(text = '24'): number {
  const hours = Number(text);
  if (/^\d+(\.\d+)?$/.test(text) && hours >= 0.2 && hours <= 720) return hours;
  throw new UserError({
    what: `--hours cannot be ${text}.`,
    why: 'A token works from 0.2 hours (the least that Kubernetes gives) to 720.',
    next: ['--hours 8'],
  });
}

/** `--server`: the API server as learners reach it. */
export function serverOf(text: string | undefined): string | undefined {
  if (text === undefined || (URL.canParse(text) && text.startsWith('https://'))) return text;
  throw new UserError({
    what: `--server ${text} is not the address of an API server.`,
    next: ['--server https://10.0.0.5:6443'],
  });
}

/** kind unless --on says otherwise; a sandbox cannot be shared. */
export function sharedPlace(options: GlobalOptions): string {
  const on = options.on ?? 'kind';
  if (on !== 'sandbox') return on;
  throw new UserError({
    what: 'A workshop needs a cluster: a sandbox is one process, for one person.',
    why: 'Learners without a cluster need none either: each runs istio-tutor, and has a sandbox.',
    next: ['istio-tutor workshop up --on kind --learners ana,ben'],
  });
}

export function refuseLearner(options: GlobalOptions): void {
  if (options.learner === undefined) return;
  throw new UserError({
    what: '--learner is for one learner; a workshop has --learners.',
    next: [`--learners ${options.learner}`],
  });
}
