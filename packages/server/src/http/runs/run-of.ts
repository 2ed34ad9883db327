import type { Run } from '@vitrine/model/run.ts';
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { Runs } from '../../runs/runs.ts';
import { HttpError } from '../errors.ts';
import { senderOf } from '../sender.ts';

const MAX_ID = 256;

export const runId = z.string().min(1).max(MAX_ID);
/** The run that an address names. */
export const byRun = z.object({ id: runId });
export const TAGS = ['runs'];

/** One in the bin is there too. Throws HttpError where there is none. */
export async function runOf(runs: Pick<Runs, 'find'>, id: string): Promise<Run> {
  const run = await runs.find(id);
  if (run === undefined) throw new HttpError('no_such_run', `There is no run "${id}".`, 'run');
  return run;
}

/** The run, for whoever writes to it. A token with labels writes to runs that have them alone: so one team's is not another's. */
export async function runToWrite(runs: Pick<Runs, 'find'>, id: string, request: FastifyRequest): Promise<Run> {
  const run = await runOf(runs, id);
  for (const [name, value] of senderOf(request).labels) {
    if (run.labels[name] !== value)
      throw new HttpError(
        'not_allowed',
        `This token writes to runs with the label ${name}="${value}"; the run "${id}" has it not.`,
      );
  }
  return run;
}
