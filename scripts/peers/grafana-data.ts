// `@grafana/data`, to compare with: installed under .cache at test time, never into the workspaces.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const MANIFEST = join(ROOT, 'scripts/peers/grafana-data');

/**
 * The folder whose node_modules hold the release that the lock file names. Installs it with npm where it isn't there yet
 * (no install scripts are run); several test files may ask at once.
 */
function installGrafanaData(): string {
  const lock = readFileSync(join(MANIFEST, 'package-lock.json'));
  const folder = join(ROOT, '.cache/peers', `grafana-data-${createHash('sha256').update(lock).digest('hex').slice(0, 12)}`);
  if (existsSync(folder)) return folder;
  mkdirSync(join(ROOT, '.cache/peers'), { recursive: true });
  // Whoever is first to finish gives the folder its name.
  const draft = mkdtempSync(join(ROOT, '.cache/peers/draft-'));
  for (const name of ['package.json', 'package-lock.json']) copyFileSync(join(MANIFEST, name), join(draft, name));
  execFileSync('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: draft,
    stdio: 'inherit',
  });
  try {
    renameSync(draft, folder);
  } catch (error) {
    if (!existsSync(folder)) throw error;
    rmSync(draft, { recursive: true, force: true });
  }
  return folder;
}

/** Its exports, as Node loads them. The caller says how those that it uses are typed; `needed` must be among them. */
export function loadGrafanaData<Exports extends object>(...needed: readonly (keyof Exports)[]): Exports {
  const exports = createRequire(join(installGrafanaData(), 'package.json'))('@grafana/data') as Exports;
  for (const name of needed) if (!(name in exports)) throw new Error(`@grafana/data exports no ${String(name)}`);
  return exports;
}
