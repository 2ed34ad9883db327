import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const FOLDER = process.env['VITRINE_CORPUS'] ?? fileURLToPath(new URL('../../shared/corpus', import.meta.url));

/** The folder of real dashboards; undefined where they are not on this machine. */
export const CORPUS_DASHBOARDS = existsSync(join(FOLDER, 'dashboards')) ? join(FOLDER, 'dashboards') : undefined;
export const NO_CORPUS = 'the corpus of dashboards is not on this machine';
