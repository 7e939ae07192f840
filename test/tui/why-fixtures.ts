/** What the pane of a call's reasons shows in tests. */
import type { Why } from '../../src/lesson/why.ts';
import { BROKEN_PROBE } from './fixtures.ts';

/** A step on which a call was made. */
export const DONE = { phase: 'done', hints: 0, solutionShown: false, probe: BROKEN_PROBE } as const;

const written = { file: '03-virtual-service.yaml', text: '', own: true };
const file = (line: number, text: string) =>
  ({ kind: 'file', place: { file: written.file, line, text }, written }) as const;

/** The call of the design's drawing: two lines of the learner's YAML and an object by kubectl have a part in it. */
export const WHY: Why = {
  argv: ['http://api.safedata-zone.io/v2/data'],
  from: undefined,
  call: 'GET http://api.safedata-zone.io/v2/data  to 10.96.1.7 port 80',
  steps: [
    { term: 'listener', name: '0.0.0.0_80', missing: false, aside: '', notes: [], by: [] },
    {
      ...{ term: 'route', name: 'path starts with /v2/data', missing: false, aside: '1 of 2', notes: [] },
      by: [
        {
          ...{ object: 'VirtualService api in mesh-network', field: 'spec.http[0].match[0]' },
          origin: file(14, '- uri: {prefix: "/v2/data"}'),
        },
        {
          ...{ object: 'VirtualService api in mesh-network', field: 'spec.http[0].route' },
          origin: file(15, 'route: [{destination: {host: api.safedata-zone.io}}]'),
        },
      ],
    },
    {
      ...{ term: 'cluster', name: 'outbound|443||api.safedata-zone.io', missing: false, aside: '' },
      notes: [{ text: 'none is ever ejected: one of 1 is more than 10 %', warning: true }],
      by: [
        {
          ...{ object: 'DestinationRule pool in mesh-network', field: 'spec.trafficPolicy.outlierDetection' },
          origin: { kind: 'kubectl' },
        },
      ],
    },
  ],
  ends: [{ tone: 'good', text: 'The call goes to outbound|443||api.safedata-zone.io.' }],
  analysis: [
    {
      ...{ code: 'IST0109', level: 'Error', origin: 'VirtualService mesh-network/api' },
      text: 'The VirtualServices mesh-network/api,mesh-network/second associated with mesh gateway define the same host api.safedata-zone.io which can lead to undefined behavior.',
    },
  ],
};
