import type { Run } from '@vitrine/model/run.ts';
import type { Sender } from '../../ingest/sender.ts';
import { MlflowError } from '../../runs/mlflow/mlflow-error.ts';
import { lifecycleStage } from '../../runs/mlflow/wire.ts';
import { labelNotHad } from '../../runs/run-owner.ts';
import type { OwnRuns } from '../../own/own-runs.ts';
import type { WritableRuns } from '../../runs/writable-runs.ts';

/** Throws MlflowError where there is no such run. */
export async function findRun(runs: Pick<OwnRuns, 'find'>, id: string): Promise<Run> {
  const run = await runs.find(id);
  if (run === undefined) throw new MlflowError('RESOURCE_DOES_NOT_EXIST', `Run with id=${id.slice(0, 300)} not found`);
  return run;
}

/** The run, in the bin or not, for a sender that it belongs to. Throws MlflowError. */
export async function findOwnRun(runs: Pick<WritableRuns, 'find'>, id: string, sender: Sender): Promise<Run> {
  const run = await findRun(runs, id);
  checkOwner(run, sender);
  return run;
}

/** The run, for a sender that changes it. Throws MlflowError also where it is another tenant's, or in the bin. */
export async function findRunToChange(runs: Pick<WritableRuns, 'find'>, id: string, sender: Sender): Promise<Run> {
  const run = await findOwnRun(runs, id, sender);
  if (run.deletedMs === undefined) return run;
  const stage = lifecycleStage(run.deletedMs);
  throw new MlflowError('INVALID_PARAMETER_VALUE', `The run ${run.id} must be in the 'active' state. Current state is ${stage}.`);
}

/** A token's labels say what it may change: runs and models that have them. Throws MlflowError. */
export function checkOwner(owned: Pick<Run, 'id' | 'labels'>, sender: Sender, kind = 'run'): void {
  const [label, value] = labelNotHad(owned, sender) ?? [];
  if (label === undefined) return;
  const token = sender.name === '' ? 'This token' : `The token "${sender.name}"`;
  throw new MlflowError(
    'PERMISSION_DENIED',
    `${token} has the label ${label}="${value}", and ${kind} ${owned.id} has not: it is another's.`,
  );
}
