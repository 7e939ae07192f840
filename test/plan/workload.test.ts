import { expect, it } from 'vitest';
import { selectorText } from '../../src/plan/workload.ts';

it('finds the pods of a workload by all that its selector says', () => {
  expect(selectorText({ matchLabels: { app: 'web', tier: 'a' } })).toBe('app=web,tier=a');
  expect(
    selectorText({
      matchExpressions: [
        { key: 'app', operator: 'In', values: ['web', 'shop'] },
        { key: 'track', operator: 'NotIn', values: ['canary'] },
        { key: 'team', operator: 'Exists' },
        { key: 'old', operator: 'DoesNotExist' },
      ],
    }),
  ).toBe('app in (web,shop),track notin (canary),team,!old');
});
