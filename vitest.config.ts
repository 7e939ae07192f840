import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Mostly waiting, and longer than all others together: begun first, they end with the rest. */
const LONG = ['gate-sandbox.test.ts', 'fidelity.test.ts', 'drills-sandbox.test.ts'];

class LongFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification) => {
      const at = LONG.findIndex(name => moduleId.endsWith(`/${name}`));
      return at < 0 ? LONG.length : at;
    };
    return [...(await super.sort(files))].sort((a, b) => rank(a) - rank(b));
  }
}

/** They leave nothing behind, so files of one worker may share what they load: half of their time was loading. */
const LIGHT = [
  ...[
    'istio',
    'envoy',
    'probe',
    'cluster',
    'kube',
    'course',
    'lesson',
    'author',
    'exam',
    'shared',
    'world',
  ].map(all),
  ...['api-server', 'data-plane', 'istiod', 'net', 'workload'].map(room => all(`sandbox/${room}`)),
  // All but the one with an environment of its own.
  'test/tui/**/!(look).test.ts',
];

function all(folder: string): string {
  return `test/${folder}/**/*.test.ts`;
}

// What needs no cluster. The suites that need one are in vitest.live.config.ts.
export default defineConfig({
  test: {
    projects: [
      {
        extends: true,
        test: {
          name: 'light',
          include: LIGHT,
          isolate: false,
          // Ink asks once, when the first file loads it, and draws nothing in a CI.
          env: { CI: 'false', CONTINUOUS_INTEGRATION: 'false' },
        },
      },
      {
        extends: true,
        test: {
          name: 'all else',
          include: ['test/**/*.test.ts'],
          exclude: [...LIGHT, 'test/live/**'],
        },
      },
    ],
    globalSetup: ['test/temp-folder.ts'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // On two cores vitest would take one worker; the long files leave most of a core unused.
    maxWorkers: 3,
    sequence: { sequencer: LongFirst },
    env: { FORCE_COLOR: '0' },
  },
});
