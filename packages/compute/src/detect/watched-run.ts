import type { CurvePoints } from '@vitrine/model/curve-store.ts';
import { withoutRestarts } from './restarts.ts';
import { rolesOf } from './roles.ts';
import type { OwnRole, Roles } from './roles.ts';

/** What is known of a run when it is judged. */
export interface RunRecord {
  /** By metric, as logged. Those that metricsInRoles() names, and those with a value that is no finite number. */
  readonly curves: ReadonlyMap<string, CurvePoints>;
  /** All of the run's metrics where `curves` has only some of them. */
  readonly metrics?: readonly string[];
  /** What the project says of metrics whose names do not tell. */
  readonly ownRoles?: Readonly<Partial<Record<OwnRole, string>>> | undefined;
  readonly params: Readonly<Record<string, string>>;
  /** Whether it says that it runs. */
  readonly running: boolean;
  readonly nowMs: number;
  /** When it was first heard of, by the server's clock; absent where nobody knows. */
  readonly firstHeardMs?: number | undefined;
}

/** A run's curves by what they are. */
export interface WatchedRun extends RunRecord {
  readonly roles: Roles;
  /** The curve as its last start left it, steps rising; undefined where there is none or it is empty. */
  curve(metric: string | undefined): CurvePoints | undefined;
}

export function watchRun(record: RunRecord): WatchedRun {
  const roles = rolesOf(record.metrics ?? [...record.curves.keys()], record.ownRoles);
  const known = new Map<string, CurvePoints | undefined>();
  return {
    ...record,
    roles,
    curve(metric) {
      if (metric === undefined) return undefined;
      if (known.has(metric)) return known.get(metric);
      const logged = record.curves.get(metric);
      const curve = logged === undefined || logged.length === 0 ? undefined : withoutRestarts(logged);
      known.set(metric, curve);
      return curve;
    },
  };
}
