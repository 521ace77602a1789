/**
 * Test projects by what they need: `unit` nothing, `parity` a backend, `e2e` the built command.
 * Workspace packages resolve to their sources, so unit and parity tests need no build.
 */
import { defineConfig } from 'vitest/config';

const SECOND = 1000;

function project(name: string, testTimeout: number) {
  return {
    resolve: { conditions: ['source'] },
    ssr: { resolve: { conditions: ['source', 'node'] } },
    test: {
      name,
      include: [`{packages/*,apps/*,scripts}/test/${name}/**/*.test.ts`],
      environment: 'node',
      testTimeout,
      hookTimeout: testTimeout,
    },
  };
}

export default defineConfig({
  test: {
    maxWorkers: 2,
    projects: [project('unit', 30 * SECOND), project('parity', 600 * SECOND), project('e2e', 600 * SECOND)],
  },
});
