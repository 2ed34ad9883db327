import type { Run } from '@vitrine/model/run.ts';
import type { RunSpan } from '@vitrine/model/run-api.ts';

/**
 * Runs that ran at some time of [fromMs, toMs), on that host where one is given, in the order in which they come. A run
 * without an end ran until it was last heard of.
 */
export function* runsAt(runs: Iterable<Run>, fromMs: number, toMs: number, host: string | undefined): Generator<RunSpan, void> {
  for (const run of runs) {
    const { id, name, status, project, startedMs, hosts } = run;
    const endMs = Math.max(startedMs, run.endedMs ?? run.heartbeatMs);
    if (startedMs >= toMs || endMs < fromMs) continue;
    if (host !== undefined && !hosts.some((own) => isSameHost(own, host))) continue;
    yield { id, name, status, project, fromMs: startedMs, toMs: endMs, hosts };
  }
}

/** A target's `instance` begins with its host's name: "gpu-07:9400" is "gpu-07". */
function isSameHost(host: string, instance: string): boolean {
  return instance === host || instance.startsWith(`${host}:`);
}
