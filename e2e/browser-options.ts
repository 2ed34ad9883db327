import type { LaunchOptions } from '@playwright/test';

/** The Chromium of this machine, quiet and without a GPU. */
export const BROWSER: LaunchOptions = {
  executablePath: process.env['VITRINE_CHROMIUM'] ?? '/usr/bin/chromium',
  // Without a locale a download with a name beyond ASCII is called "download".
  env: { ...process.env, LC_ALL: 'C.UTF-8' },
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
