// `node scripts/training-health.mjs`: writes the tables of docs/training-health.md anew, from the catalogue, the thresholds and what the
// detectors say of the labelled runs. A test fails where the page and they differ.
import { readFileSync, writeFileSync } from 'node:fs';
import { withTables } from '../packages/server/src/runs/health/health-tables.ts';

const PAGE = new URL('../docs/training-health.md', import.meta.url);
writeFileSync(PAGE, withTables(readFileSync(PAGE, 'utf8')));
