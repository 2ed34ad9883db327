import type { Readable } from 'node:stream';
import type { MlflowDocuments } from '../../documents/mlflow.ts';
import type { Intake } from '../../ingest/intake.ts';
import type { Sender } from '../../ingest/sender.ts';
import type { Fields } from '../../runs/mlflow/fields.ts';
import type { Own, OwnOf } from '../../own/own.ts';
import type { WritableRuns } from '../../runs/writable-runs.ts';

/** One address of MLflow's, below /api/2.0/mlflow. */
export interface Endpoint {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly access: 'read' | 'ingest';
  readonly summary: string;
  /** `fields` are those of the body, the address' parameters and its path together. Answers what goes out as JSON. */
  answer(fields: Fields, call: MlflowCall): Promise<object | Readable>;
}

export interface MlflowCall {
  readonly sender: Sender;
  /** What is read on the sender's behalf. */
  readonly own: Own;
  /** Bytes of the body, unpacked. */
  readonly bodyBytes: number;
  /** Whether somebody stands between the sender and this server. */
  readonly isForwarded: boolean;
}

export interface MlflowNeeds {
  /** To write to: who writes to a run that is there has to own it. */
  readonly runs: WritableRuns;
  readonly own: OwnOf;
  readonly documents: { readonly mlflow: MlflowDocuments };
  readonly intake: Pick<Intake, 'keep' | 'refuse'>;
}
