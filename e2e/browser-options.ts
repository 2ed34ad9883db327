import type { LaunchOptions } from '@playwright/test';

/** The Chromium of this machine, quiet and without a GPU. */
export const BROWSER: LaunchOptions = {
  executablePath: process.env['VITRINE_CHROMIUM'] ?? '/usr/bin/chromium',
  args: [
    '--no-sandbox',
    '--disable-gpu',
    '--disable-quic',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
  ],
};
