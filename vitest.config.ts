import { defineConfig } from 'vitest/config';

// What needs no cluster. The suites that need one are in vitest.live.config.ts.
export default defineConfig({
  test: {
    include: ['test/**/*.test.ts', 'test/**/*.test.tsx'],
    exclude: ['test/live/**'],
    testTimeout: 20_000,
    env: { FORCE_COLOR: '0' },
  },
});
