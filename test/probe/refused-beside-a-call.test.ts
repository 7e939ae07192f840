import { expect, it } from 'vitest';
import { LogHub } from '../../src/probe/hub.ts';
import { walk } from '../../src/probe/walk.ts';
import { evidence, logLine, transfer } from '../support/evidence.ts';

const REJECTED = `2026-11-28T22:50:51.122248Z\twarning\tenvoy config source/a.cc:138\tgRPC config for type.googleapis.com/envoy.config.listener.v3.Listener rejected: Error adding/updating listener(s) 0.0.0.0_443: no
0.0.0.0_15001: neither
\tthread=16`;

it("takes a refusal of many lines for no line of a call, and no format of the access log's own", () => {
  const hub = new LogHub();
  const mark = hub.mark();
  for (const line of REJECTED.split('\n')) hub.sidecarText(line);
  expect(hub.since(mark)).toEqual({ sidecar: [], api: [], unknown: [] });
  expect(hub.logged(10).map(each => each.text)).toEqual([]);
  expect(hub.refusals).toBe(1);
  // The log is read anew beside the stream.
  for (const line of REJECTED.split('\n')) hub.sidecarText(line);
  expect(hub.refusals).toBe(1);
  hub.sidecarText('what nobody can read');
  expect(hub.since(mark).unknown).toEqual(['what nobody can read']);
});

it('is said beside what the call met', () => {
  const sent = transfer({ api: {} });
  const call = evidence([sent], [logLine(sent)]);
  const { sentence, ...rest } = walk(call);
  const refused = ['A redirect leaves its route without an action.'];
  expect(walk({ ...call, refused })).toEqual({
    ...rest,
    sentence: `${sentence} The sidecar has refused an update: A redirect leaves its route without an action.`,
  });
});
