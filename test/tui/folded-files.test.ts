/** A manifest that is applied once more: by what is new in it where rows are few, whole where there is room. */
import { expect, it } from 'vitest';
import { lessonOf } from '../support/scripted-engine.ts';
import { at, RULE, STEPS } from './fixtures.ts';
import { startTui } from './harness.ts';

const LONG = RULE.replace('    tls:', '    connectionPool:\n      tcp: { maxConnections: 30 }\n    tls:');
const MUTUAL = LONG.replace('SIMPLE', 'MUTUAL');
const START = [{ apply: 'manifests/rule.yaml' }, { apply: 'manifests/rule.yaml' }];
const lesson = (now: string) =>
  lessonOf(
    STEPS.map(step =>
      step.id === 'rule' && step.kind === 'apply'
        ? { ...step, changes: [{ apply: 'manifests/mutual.yaml' }] }
        : step,
    ),
    { start: START, files: { 'manifests/rule.yaml': LONG, 'manifests/mutual.yaml': now } },
  );
const step = (now = MUTUAL) => at('rule', { lesson: lesson(now), files: { 'mutual.yaml': now } });

it('is folded to the changed lines at 80x24, with signs, before it is applied and after', async () => {
  const tui = await startTui(step());
  const folded = [
    ' mutual.yaml, where it is new; d has all of it',
    '    … 9 lines as before',
    '          tcp: { maxConnections: 30 }',
    '        tls:',
    ' -        mode: SIMPLE',
    ' +        mode: MUTUAL',
  ].join('\n');
  expect(await tui.until('2/6')).toContain(folded);
  tui.engine.step({ phase: 'done' });
  expect(await tui.until('enter next')).toContain(folded);
});

it('is there as a whole in the pane of the diff, and at 120x40', async () => {
  const tui = await startTui(step());
  await tui.until('2/6');
  tui.press('d');
  await tui.until('mutual.yaml, all of it');
  tui.press('end');
  await tui.until('maxConnections: 30 }');
  tui.resize(120, 40);
  tui.press('d');
  const frame = await tui.until('2/6');
  expect(frame).toContain('host: api.safedata-zone.io # for every port');
  expect(frame).not.toContain('as before');
});

it('is whole at 120x40, what is new in it marked as well, before it is applied and after', async () => {
  const tui = await startTui(step(), { columns: 120, rows: 40 });
  const isMarked = (frame: string) => {
    const right = frame.split('\n').flatMap(row => row.split('│')[1]?.trimEnd() ?? []);
    expect(right.slice(0, 15)).toEqual([
      ' mutual.yaml',
      '    apiVersion: networking.istio.io/v1beta1',
      '    kind: DestinationRule',
      ...['    metadata:', '      name: external-api-rule', '      namespace: mesh-network', '    spec:'],
      '      host: api.safedata-zone.io # for every port',
      ...['      trafficPolicy:', '        connectionPool:', '          tcp: { maxConnections: 30 }'],
      ...['        tls:', ' -        mode: SIMPLE', ' +        mode: MUTUAL', ''],
    ]);
  };
  isMarked(await tui.until('2/6'));
  tui.engine.step({ phase: 'done' });
  isMarked(await tui.until('enter next'));
});

it('of a learner with namespaces of their own is marked as theirs too', async () => {
  const own = MUTUAL.replace('mesh-network', 'ada');
  const before = LONG.replace('mesh-network', 'ada');
  const mine = { ...lesson(own), files: { 'manifests/rule.yaml': before, 'manifests/mutual.yaml': own } };
  const namespaces = { mesh: 'ada', outside: 'ada-outside' };
  const tui = await startTui(at('rule', { lesson: mine, files: { 'mutual.yaml': own }, namespaces }), {
    ...{ columns: 120, rows: 40 },
  });
  const frame = await tui.until('2/6');
  expect(frame).toContain('namespace: ada   • yours; the text says mesh-network');
  expect(frame).toContain(' +        mode: MUTUAL');
});

it('is compared by what it means where the two are only written differently', async () => {
  const now = [
    'kind: DestinationRule',
    'apiVersion: networking.istio.io/v1beta1',
    'metadata: {namespace: mesh-network, name: external-api-rule}',
    'spec:',
    '  trafficPolicy: {tls: {mode: MUTUAL}, connectionPool: {tcp: {maxConnections: 30}}}',
    '  host: "api.safedata-zone.io"',
    '',
  ].join('\n');
  const tui = await startTui(step(now));
  expect(await tui.until('2/6')).toContain(' -        mode: SIMPLE\n +        mode: MUTUAL');
});

it('is whole where nothing like it was there before', async () => {
  const other = MUTUAL.replace('external-api-rule', 'another');
  const tui = await startTui(step(other));
  expect(await tui.until('2/6')).toContain('    spec:\n      host: api.safedata-zone.io # for every port');
});

it('is not drawn in a fix where rows are few, since an editor has it, and is at 120x40', async () => {
  const tui = await startTui(at('both'), { rows: 33 });
  expect(await tui.until('5/6')).not.toContain('trafficPolicy');
  tui.resize(120, 40);
  await tui.until('trafficPolicy');
});
