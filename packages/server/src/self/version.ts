import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** The clone's root folder. */
export const ROOT = fileURLToPath(new URL('../../../../', import.meta.url));

export const VERSION = (JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as { version: string })
  .version;
