/** One lesson with a step of every kind, and what its probes found: plain data. */
import type { Step } from '../../src/course/schema.ts';
import type { ProbeOutcome } from '../../src/lesson/state.ts';
import type { CurlSide } from '../../src/probe/evidence.ts';
import type { Walk } from '../../src/probe/walk-types.ts';
import { lessonOf, type ScriptedEngine, scriptedEngine } from '../support/scripted-engine.ts';

const URL = 'https://api.safedata-zone.io/v2/data';

export const STEPS: readonly Step[] = [
  { id: 'promise', title: 'A rule for the destination', kind: 'read' },
  {
    id: 'rule',
    title: "The article's second manifest",
    kind: 'apply',
    changes: [{ apply: 'manifests/rule.yaml' }],
    effect: 'in-effect',
  },
  {
    id: 'outage',
    title: 'The same call, a minute later',
    kind: 'predict',
    question: 'Same app, same URL, same API. What does it get now?',
    call: { curl: [URL] },
    options: [
      { say: '200, as before', expect: { code: 200 } },
      { say: 'a TLS error in curl', expect: { exit: 35 } },
      { say: '503 from the sidecar', expect: { code: 503 }, because: 'A 503 is HTTP, and the app waits for TLS.' },
      { say: 'nothing, until it times out', expect: { exit: 28 } },
    ],
    announced: 2,
  },
  {
    id: 'count',
    title: 'Two hundred calls',
    kind: 'probe',
    call: { curl: ['http://api.safedata-zone.io/v2/data?[1-200]'] },
    expect: { repeat: 200, share: { canary: '10%' } },
  },
  {
    id: 'both',
    title: 'One layer of TLS for everybody',
    kind: 'fix',
    task: 'Make both callers work: https:// untouched, http:// carried over TLS by the mesh.',
    files: ['manifests/rule.yaml'],
    checks: [
      { id: 'https', title: URL, call: { curl: [URL] }, expect: { code: 200 }, guard: true },
      { id: 'http', title: 'http://api.safedata-zone.io/v2/data', call: { curl: ['http://api.safedata-zone.io/v2/data'] }, expect: { code: 200 } },
      { id: 'catalog', title: 'http://catalog/', call: { curl: ['http://catalog/'] }, expect: { code: 200 } },
    ],
    hints: ['The two callers use different ports.', 'Look at portLevelSettings.'],
    solution: ['solution/rule.yaml'],
  },
  { id: 'look', title: 'What the sidecar was told', kind: 'inspect', look: 'clusters', match: 'safedata' },
]; // biome-ignore format: data

export const RULE = `apiVersion: networking.istio.io/v1beta1
kind: DestinationRule
metadata:
  name: external-api-rule
  namespace: mesh-network
spec:
  host: api.safedata-zone.io # for every port
  trafficPolicy:
    tls:
      mode: SIMPLE
`;

export const LESSON = lessonOf(STEPS, {
  prose: {
    promise: {
      before: `## A rule for the destination {#promise}

A **DestinationRule** does not choose where a call goes. It says how the sidecar behaves towards a destination once that is chosen: TLS, connections, and when an endpoint counts as sick.

1. \`tls.mode\`: what the sidecar speaks
2. \`connectionPool\`: how much at a time
   - and *how long* one waits

> Nothing here is for the app to know.`,
      after: '',
    },
    rule: { before: 'Word for word. It names the host and no port: it holds for all of them.', after: 'The cluster has TLS of its own now. Your app has not been told.' },
    outage: {
      before: 'The app is the one that has always called `https://`.',
      after: 'An outage, by following the article. `SIMPLE` tells the sidecar to **open TLS itself** and put the app\'s bytes inside. But those bytes *are* TLS.',
    },
    count: { before: '', after: 'About one in ten.' },
    both: { before: 'One caller had a layer too many, one a layer too few.', after: 'One layer each.' },
    look: { before: 'The same facts, as Envoy has them.', after: '' },
  },
  files: { 'manifests/rule.yaml': RULE },
}); // biome-ignore format: data

const NO_SIDE = { answers: [], mirrored: [], branches: [], bypass: false };

export const BROKEN: CurlSide = {
  argv: [URL],
  exit: 35,
  message: 'curl: (35) error:0A00010B:SSL routines::wrong version number',
  seconds: 0.022,
  transfers: [
    { exit: 35, code: 0, method: 'GET', url: URL, body: { text: '' }, error: 'wrong version number', localPort: 4711, connects: 1, seconds: 0.022, redirectUrl: null, headers: {} },
  ],
}; // biome-ignore format: data

export const BROKEN_WALK: Walk = {
  hops: [
    { id: 'app', title: 'app', state: 'passed', notes: ['https'], by: null, wire: null },
    { id: 'sidecar', title: 'sidecar', state: 'passed', notes: ['0.0.0.0:443', 'SNI matched'], by: null, wire: null },
    { id: 'cluster', title: 'cluster', state: 'passed', notes: ['outbound|443||api.safedata-zone.io', 'TLS SIMPLE around your TLS'], by: null, wire: null },
    { id: 'api', title: 'API stable', state: 'failed', notes: ['400 in clear'], by: null, wire: null },
  ],
  sentence: "The sidecar did what the rule says: it opened TLS to the API and sent your app's bytes through it. Those bytes were TLS already.",
  ...NO_SIDE,
  logLine: '0 -  outbound|443||api.safedata-zone.io',
  apiLine: 'a request it could not read',
}; // biome-ignore format: data

export const BROKEN_PROBE: ProbeOutcome = { argv: [URL], answer: BROKEN, walk: BROKEN_WALK, own: false };

export const GOOD_WALK: Walk = {
  hops: [
    { id: 'app', title: 'app', state: 'passed', notes: ['http'], by: null, wire: null },
    { id: 'sidecar', title: 'sidecar', state: 'passed', notes: ['0.0.0.0:80'], by: null, wire: null },
    { id: 'cluster', title: 'cluster', state: 'passed', notes: ['outbound|80||api.safedata-zone.io'], by: null, wire: null },
    { id: 'api', title: 'API stable', state: 'passed', notes: ['200'], by: null, wire: null },
  ],
  sentence: 'All 200 calls went well.',
  answers: [{ label: 'stable', count: 178, of: 200 }, { label: 'canary', count: 22, of: 200 }],
  mirrored: [],
  branches: [
    { kind: 'answered', count: 178, of: 200, cluster: 'outbound|80||api.safedata-zone.io', target: 'API stable', reached: 'api', note: '' },
    { kind: 'answered', count: 22, of: 200, cluster: 'outbound|80||api.safedata-zone.io', target: 'API canary', reached: 'api', note: '' },
  ],
  bypass: false,
  logLine: null,
  apiLine: null,
}; // biome-ignore format: data

/** An engine that stands at a step of the lesson. */
export function at(step: string, change: Parameters<typeof scriptedEngine>[0] = {}): ScriptedEngine {
  const index = STEPS.findIndex(one => one.id === step);
  return scriptedEngine({
    lesson: LESSON,
    at: index,
    files: { 'rule.yaml': RULE },
    ...change,
  });
}
