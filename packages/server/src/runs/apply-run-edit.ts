import type { Run, RunStatus } from '@vitrine/model/run.ts';
import { checkEntries, checkHosts, checkName, checkNotes, checkRunId } from './run-limits.ts';
import type { RunEdit } from './runs.ts';

/** The run as it is after the edit, or itself where that changes nothing. Throws BadRequest that names the field. */
export function applyRunEdit(run: Run, edit: RunEdit, nowMs: number): Run {
  const { name = run.name, notes = run.notes, group = run.group, user = run.user, parentId } = edit;
  checkName('name', name, { beEmpty: false });
  checkName('group', group, { beEmpty: true });
  checkName('user', user, { beEmpty: true });
  checkNotes(notes);
  if (typeof parentId === 'string') checkRunId(parentId);
  const next: Run = {
    ...run,
    name,
    notes,
    group,
    user,
    ...statusAndEnd(run, edit, nowMs),
    startedMs: edit.startedMs === undefined ? run.startedMs : Math.round(edit.startedMs),
    parentId: parentId === undefined ? run.parentId : (parentId ?? undefined),
    hosts: withHosts(run.hosts, edit.hosts),
    tags: withEntries('tags', run.tags, edit.tags),
    params: withEntries('params', run.params, edit.params),
  };
  const isSame = (Object.keys(next) as (keyof Run)[]).every((key) => next[key] === run[key]);
  return isSame ? run : { ...next, revision: run.revision + 1 };
}

/** The entries with those changed that differ; null removes. The same object where none does. Throws BadRequest. */
export function withEntries(
  field: string,
  entries: Readonly<Record<string, string>>,
  changes: Readonly<Record<string, string | null>> | undefined,
): Readonly<Record<string, string>> {
  const differing = Object.entries(changes ?? {}).filter(
    ([name, value]) => (Object.hasOwn(entries, name) ? entries[name] : null) !== value,
  );
  if (differing.length === 0) return entries;
  const merged = new Map(Object.entries(entries));
  for (const [name, value] of differing) {
    if (value === null) merged.delete(name);
    else merged.set(name, value);
  }
  const next = Object.fromEntries(merged);
  checkEntries(field, next);
  return next;
}

export function isEnded(status: RunStatus): boolean {
  return status === 'finished' || status === 'failed' || status === 'killed';
}

/** A run that ends without saying when ends now; one that runs again has no end. */
function statusAndEnd(run: Run, edit: RunEdit, nowMs: number): Pick<Run, 'status' | 'endedMs'> {
  const status = edit.status ?? (edit.endedMs === null && isEnded(run.status) ? 'running' : run.status);
  if (typeof edit.endedMs === 'number') return { status, endedMs: Math.round(edit.endedMs) };
  if (edit.endedMs === null) return { status, endedMs: undefined };
  if (edit.status === undefined) return { status, endedMs: run.endedMs };
  return { status, endedMs: isEnded(status) ? (run.endedMs ?? nowMs) : undefined };
}

function withHosts(hosts: readonly string[], more: readonly string[] | undefined): readonly string[] {
  const added = (more ?? []).filter((host) => !hosts.includes(host));
  if (added.length === 0) return hosts;
  const all = [...new Set([...hosts, ...added])];
  checkHosts(all);
  return all;
}
