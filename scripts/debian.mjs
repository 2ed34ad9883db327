// Programs that tests and benchmarks run beside Vitrine, from Debian's packages.
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { run } from './process.mjs';

/** What shows that a package is there. */
const PROGRAMS = {
  chromium: 'chromium',
  'collectd-core': 'collectd',
  curl: 'curl',
  influxdb: 'influxd',
  openssl: 'openssl',
  postgresql: 'pg_createcluster',
  prometheus: 'promtool',
  'prometheus-node-exporter': 'prometheus-node-exporter',
  'prometheus-pushgateway': 'prometheus-pushgateway',
  'python3-venv': 'python3',
  'victoria-metrics': 'victoria-metrics',
};

/** The full path of a program, or undefined. */
export function findProgram(name) {
  // What is a service is there, which only root has on PATH.
  return [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin']
    .map((folder) => join(folder, name))
    .find((path) => existsSync(path));
}

/**
 * Installs what is missing where this is Debian and the user is root. Elsewhere one sentence says what to install; the
 * tests that need it are then skipped with that reason.
 */
export function installDebianPackages(packages) {
  const missing = packages.filter((name) => findProgram(PROGRAMS[name]) === undefined);
  if (missing.length === 0) return;
  const command = `apt-get install --yes --no-install-recommends ${missing.join(' ')}`;
  if (findProgram('apt-get') === undefined || process.getuid?.() !== 0) {
    process.stderr.write(`Missing: ${missing.join(', ')}. On Debian, run: sudo ${command}. Tests that need them are skipped.\n`);
    return;
  }
  process.stderr.write(`Installing Debian's ${missing.join(', ')}.\n`);
  process.env.DEBIAN_FRONTEND = 'noninteractive';
  run('apt-get', ['update', '-qq']);
  run('apt-get', ['install', '--yes', '-qq', '--no-install-recommends', ...missing]);
}
