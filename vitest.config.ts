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

/** Has an environment of its own, which colours are chosen by when they are loaded. */
const ALONE = 'test/tui/look.test.ts';

// What needs no cluster. The suites that need one are in vitest.live.config.ts.
export default defineConfig({
  test: {
    projects: [
      {
        extends: true,
        test: {
          name: 'together',
          include: ['test/**/*.test.ts'],
          exclude: [ALONE, 'test/live/**'],
          // Files of one worker share what they load, a third of their time otherwise. So a test leaves nothing behind.
          isolate: false,
          // Ink asks once, when the first file loads it, and draws nothing in a CI.
          env: { CI: 'false', CONTINUOUS_INTEGRATION: 'false' },
        },
      },
      { extends: true, test: { name: 'alone', include: [ALONE] } },
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
