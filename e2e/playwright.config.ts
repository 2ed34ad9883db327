import { defineConfig } from '@playwright/test';
import { BROWSER } from './browser-options.ts';

export default defineConfig({
  testDir: '.',
  testMatch: '*.spec.ts',
  outputDir: '../test-results/e2e',
  timeout: 120_000,
  expect: { timeout: 20_000 },
  // The demo's processes are shared, and the machine has two cores.
  workers: 1,
  fullyParallel: false,
  retries: 0,
  use: {
    browserName: 'chromium',
    viewport: { width: 1440, height: 900 },
    launchOptions: BROWSER,
    screenshot: 'only-on-failure',
  },
});
