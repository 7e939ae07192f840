import { defineConfig } from 'vitest/config';

// The suites that run against a real cluster: one after another, for they share it.
export default defineConfig({
  test: {
    include: ['test/live/**/*.test.ts'],
    globalSetup: ['test/temp-folder.ts', 'test/live/cluster.ts'],
    fileParallelism: false,
    testTimeout: 240_000,
    hookTimeout: 600_000,
  },
});
