import type { Run } from '@vitrine/model/run.ts';
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { checkRunOwner } from '../../runs/run-owner.ts';
import type { OwnRuns } from '../../own/own-runs.ts';
import type { WritableRuns } from '../../runs/writable-runs.ts';
import { HttpError } from '../errors.ts';
import { senderOf } from '../sender.ts';

const MAX_ID = 256;

export const runId = z.string().min(1).max(MAX_ID);
/** The run that an address names. */
export const byRun = z.object({ id: runId });
export const TAGS = ['runs'];

/** One in the bin is there too. Throws HttpError where there is none. */
export async function runOf(runs: Pick<OwnRuns, 'find'>, id: string): Promise<Run> {
  const run = await runs.find(id);
  if (run === undefined) throw new HttpError('no_such_run', `There is no run "${id}".`, 'run');
  return run;
}

/** The run, for whoever writes to it: see checkRunOwner(). Throws HttpError. */
export async function runToWrite(runs: Pick<WritableRuns, 'find'>, id: string, request: FastifyRequest): Promise<Run> {
  return checkRunOwner(await runOf(runs, id), senderOf(request));
}
