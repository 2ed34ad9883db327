import { defineConfig } from 'vitest/config';

const PEER_TESTS = 'packages/*/src/**/*.peer.test.ts';
const peers = process.env['VITRINE_TESTS'] === 'peers';

export default defineConfig({
  test: {
    // Peer tests install programs from registries beside npm and Debian: `npm run test:peers` runs them and nothing else.
    include: peers ? [PEER_TESTS] : ['packages/*/src/**/*.test.{ts,tsx}', 'examples/*/src/**/*.test.ts', 'scripts/**/*.test.ts'],
    exclude: ['**/node_modules/**', ...(peers ? [] : [PEER_TESTS])],
    // A stylesheet asked for as text is meant; others stay empty.
    css: { include: /tokens\.css/ },
    testTimeout: 20_000,
    hookTimeout: peers ? 300_000 : 30_000,
    // Two cores: more workers only wait for each other.
    maxWorkers: 2,
  },
});
