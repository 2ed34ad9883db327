import type { CurveStore } from '@vitrine/model/curve-store.ts';
import type { Runs } from './runs.ts';

/**
 * The runs as doors have them that keep what is sent: a run is looked up by its id, to see whose it is (checkRunOwner) before anything is
 * written to it or told of it. Nothing here lists runs or says what is in others'.
 */
export type WritableRuns = Pick<
  Runs,
  | 'project'
  | 'projectById'
  | 'ensureProject'
  | 'editProject'
  | 'create'
  | 'ensure'
  | 'append'
  | 'find'
  | 'edit'
  | 'setDeleted'
  | 'touch'
  | 'artifactFolder'
> & { readonly curves: WritableCurves };

interface WritableCurves extends Pick<CurveStore, 'mark' | 'items'> {
  summaries(asked: { readonly runs: readonly string[] }): ReturnType<CurveStore['summaries']>;
}
