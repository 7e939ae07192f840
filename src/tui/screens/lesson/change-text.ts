/** In words: what a step changes other than by applying a file, and what it looks at. */
import type { Change, StepOf } from '../../../course/schema.ts';

/** null where a file is applied: its manifest is shown instead. */
export function changeText(change: Change): string | null {
  if ('apply' in change) return null;
  if ('remove' in change) return `remove ${change.remove.kind} ${change.remove.name}`;
  if ('scale' in change) {
    const { deployment, replicas } = change.scale;
    return `scale Deployment ${deployment} to ${replicas === 1 ? '1 replica' : `${replicas} replicas`}`;
  }
  if ('env' in change)
    return `set ${change.env.name}=${change.env.value} on Deployment ${change.env.deployment}`;
  return `${change.service.present ? 'give back' : 'take away'} Service ${change.service.name}`;
}

export function lookText(step: StepOf<'inspect'>): string {
  const matching = step.match ? ` with ${step.match}` : '';
  switch (step.look) {
    case 'access-log':
      return `The sidecar's access log${matching}`;
    case 'object':
      return `${step.object?.kind ?? 'The object'} ${step.object?.name ?? ''} as the API has it`;
    default:
      return `This sidecar's ${step.look}${matching}`;
  }
}
