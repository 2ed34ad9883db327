import { defineConfig } from '@playwright/test';

/** Real dashboards and exporters, and whole minutes: `npm run test:peers` runs them and nothing else. */
const PEER_TESTS = '*.peer.spec.ts';
const peers = process.env['VITRINE_TESTS'] === 'peers';
import { BROWSER } from './browser-options.ts';

export default defineConfig({
  testDir: '.',
  testMatch: peers ? PEER_TESTS : '*.spec.ts',
  testIgnore: peers ? [] : PEER_TESTS,
  outputDir: '../test-results/e2e',
  timeout: 120_000,
  expect: { timeout: 20_000 },
  // The demo's processes are shared, and the machine has two cores.
  workers: 1,
  fullyParallel: false,
  // A machine that does something else may be late once. What passes only the second time is listed as flaky.
  retries: 1,
  use: {
    browserName: 'chromium',
    viewport: { width: 1440, height: 900 },
    launchOptions: BROWSER,
    screenshot: 'only-on-failure',
  },
});
