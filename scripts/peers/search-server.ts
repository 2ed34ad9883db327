// OpenSearch and Elasticsearch, to ask for real: their libraries come from Maven Central at test time, below .cache.
import { execFileSync, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

export type SearchServer = 'opensearch' | 'elasticsearch';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const INSTALL_MS = 280_000;
const START_MS = 120_000;

/**
 * Makes the libraries of a server ready, installing what its pom.xml names where that isn't there yet. Answers why that
 * cannot be done here, as a sentence for the tests that are skipped for it; undefined where all is there.
 */
export function whyNoSearchServer(server: SearchServer): string | undefined {
  const missing = ['java', 'javac'].filter((name) => !isInstalled(name));
  if (!existsSync(librariesOf(server)) && !isInstalled('mvn')) missing.push('mvn');
  const why =
    missing.length > 0
      ? `${missing.join(', ')} not installed: Debian packages openjdk-17-jdk-headless and maven`
      : install(server);
  if (why !== undefined) console.warn(`Skipped: no ${server} here: ${why}`);
  return why;
}

/** Starts one node with its files in `folder`, and answers its address. `stops` gets the way to end it. */
export async function startSearchServer(server: SearchServer, folder: string, stops: (() => Promise<void>)[]): Promise<string> {
  return (await runSearchServer(server, folder, stops)).url;
}

export interface RunningSearchServer {
  readonly url: string;
  /** SIGSTOP and SIGCONT pause it. */
  readonly signal: (signal: NodeJS.Signals) => void;
  /** Ends it at once; resolves when it has ended. */
  readonly kill: () => Promise<void>;
}

/** The same, with a hand on the process. Started again in the same folder, it has what it had. */
export async function runSearchServer(
  server: SearchServer,
  folder: string,
  stops: (() => Promise<void>)[],
): Promise<RunningSearchServer> {
  // Of the run before.
  rmSync(join(folder, 'logs/http.ports'), { force: true });
  for (const name of ['config', 'logs']) mkdirSync(join(folder, name), { recursive: true });
  const memory = ['-Xms256m', '-Xmx512m', '-XX:TieredStopAtLevel=1', '-Dlog4j2.level=ERROR'];
  const source = join(ROOT, 'scripts/peers', server, 'Launch.java');
  const child = spawn('java', [...memory, '-cp', join(librariesOf(server), '*'), source, folder], {
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const kill = async (): Promise<void> => {
    child.kill('SIGKILL');
    await ended;
  };
  stops.push(kill);
  const ports = join(folder, 'logs/http.ports');
  const untilMs = performance.now() + START_MS;
  for (;;) {
    if (child.exitCode !== null) throw new Error(`${server} ended at its start with ${child.exitCode}`);
    if (performance.now() > untilMs) throw new Error(`${server} was not ready within ${START_MS / 1_000} s`);
    const address = existsSync(ports) ? readFileSync(ports, 'utf8').trim().split('\n')[0] : undefined;
    if (address !== undefined) {
      const url = `http://${address}`;
      const health = `${url}/_cluster/health?wait_for_status=yellow&timeout=30s`;
      if ((await fetch(health).catch(() => undefined))?.ok === true)
        return { url, kill, signal: (signal) => void child.kill(signal) };
    }
    await delay(100);
  }
}

function install(server: SearchServer): string | undefined {
  const folder = librariesOf(server);
  if (existsSync(folder)) return undefined;
  mkdirSync(join(ROOT, '.cache/peers'), { recursive: true });
  // Whoever is first to finish gives the folder its name.
  const draft = mkdtempSync(join(ROOT, '.cache/peers/draft-'));
  try {
    execFileSync('mvn', ['-q', '-B', '-f', pomOf(server), 'dependency:copy-dependencies', `-DoutputDirectory=${draft}`], {
      stdio: ['ignore', 'ignore', 'ignore'],
      timeout: INSTALL_MS,
    });
    renameSync(draft, folder);
    return undefined;
  } catch (error) {
    rmSync(draft, { recursive: true, force: true });
    return existsSync(folder) ? undefined : `Maven Central did not answer (${String(error).split('\n')[0]})`;
  }
}

function pomOf(server: SearchServer): string {
  return join(ROOT, 'scripts/peers', server, 'pom.xml');
}

/** Named after what is in it, so that another version is another folder. */
function librariesOf(server: SearchServer): string {
  const hash = createHash('sha256')
    .update(readFileSync(pomOf(server)))
    .digest('hex')
    .slice(0, 12);
  return join(ROOT, '.cache/peers', `${server}-${hash}`);
}

function isInstalled(program: string): boolean {
  return (process.env['PATH'] ?? '').split(delimiter).some((folder) => existsSync(join(folder, program)));
}
