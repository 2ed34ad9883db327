import { hostname } from 'node:os';
import type { RunEdit } from '../../runs/runs.ts';
import { GROUP, NOTE, PARENT, RUN_NAME, USER } from '../../runs/mlflow/wire.ts';

/** Tags as an edit: those of MLflow that a run has a place of its own for go there. null removes. */
export function tagsEdit(tags: Readonly<Record<string, string | null>>): RunEdit {
  const { [RUN_NAME]: name, [NOTE]: notes, [PARENT]: parentId, [USER]: user, [GROUP]: group, ...rest } = tags;
  return {
    // A run always has a name: who takes it away leaves it as it is.
    ...(typeof name === 'string' && name.trim() !== '' ? { name: name.slice(0, MOST_NAME) } : {}),
    ...(notes === undefined ? {} : { notes: notes ?? '' }),
    ...(parentId === undefined ? {} : { parentId: parentId === '' ? null : parentId }),
    ...(user === undefined ? {} : { user: (user ?? '').slice(0, MOST_NAME) }),
    ...(group === undefined ? {} : { group: (group ?? '').slice(0, MOST_NAME) }),
    ...(Object.keys(rest).length === 0 ? {} : { tags: rest }),
  };
}

/** Of names, users and groups: what Vitrine keeps. */
const MOST_NAME = 1_000;

/** Metrics of a machine, of one of several where a node is named: "system/gpu-07/cpu_utilization_percentage". */
const OF_NODE = /^system\/([^/]+)\/(?:cpu|gpu|system|disk|network)_/;

/** The machines that the names of MLflow's system metrics tell of. */
export function nodesIn(metrics: readonly string[]): string[] {
  return [...new Set(metrics.map((metric) => OF_NODE.exec(metric)?.[1]).filter((node) => node !== undefined))];
}

/** What `instance` labels call the machine that an address is of. */
export function hostsAt(address: string): string[] {
  const plain = address.replace(/^::ffff:/, '');
  return plain === '::1' || plain.startsWith('127.') ? ['localhost', '127.0.0.1', hostname()] : [plain];
}
