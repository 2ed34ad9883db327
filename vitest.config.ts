import { defineConfig } from 'vitest/config';

const PEER_TESTS = 'packages/*/src/**/*.peer.test.ts';
const peers = process.env['VITRINE_TESTS'] === 'peers';

/** They start no process and leave nothing behind. */
const PURE = ['model', 'promql', 'compute', 'ui', 'plugins', 'web'].map((name) => `packages/${name}/src/**/*.test.{ts,tsx}`);
/** They put something of their own in the place of a module of Node's, for whoever loads it afterwards. */
const REPLACING = ['packages/server/src/runs/replaced-threads.test.ts'];
const exclude = ['**/node_modules/**', ...(peers ? [] : [PEER_TESTS])];

export default defineConfig({
  test: {
    // Peer tests install programs from registries beside npm and Debian: `npm run test:peers` runs them and nothing else.
    projects: peers
      ? [{ extends: true, test: { name: 'peers', include: [PEER_TESTS], exclude } }]
      : [
          // Files share a worker, so that React, the server and the like are loaded, and compiled by use, once: half of the
          // processor's time.
          { extends: true, test: { name: 'pure', include: PURE, exclude, isolate: false } },
          {
            extends: true,
            test: {
              name: 'processes',
              include: ['packages/*/src/**/*.test.{ts,tsx}', 'examples/*/src/**/*.test.ts', 'scripts/**/*.test.ts'],
              exclude: [...exclude, ...PURE, ...REPLACING],
              isolate: false,
            },
          },
          { extends: true, test: { name: 'alone', include: REPLACING, exclude } },
        ],
    // A stylesheet asked for as text is meant; others stay empty.
    css: { include: /tokens\.css/ },
    // Mantine warns of a menu that is gone before its first element takes the focus, and prints the whole window with it.
    onConsoleLog: (log) => !log.includes('use-focus-trap'),
    // They end what hangs, on a machine that does much else besides, and judge no speed. A first import of Python's packages alone
    // can take half a minute where nothing is cached.
    testTimeout: peers ? 120_000 : 60_000,
    hookTimeout: peers ? 300_000 : 60_000,
    expect: { poll: { timeout: 20_000 } },
    // Two cores: more workers only wait for each other.
    maxWorkers: 2,
  },
});
