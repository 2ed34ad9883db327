import type { Run } from '@vitrine/model/run.ts';
import { HttpError } from '../http/errors.ts';
import type { Sender } from '../ingest/sender.ts';

/**
 * The run, for a sender that writes to it. A token with labels writes to runs that have them alone: so one team's is not another's. Every
 * door asks, also behind Runs.ensure(), which answers with the run that is there, whoever made it. Throws HttpError.
 */
export function checkRunOwner(run: Run, { labels }: Pick<Sender, 'labels'>): Run {
  for (const [name, value] of labels) {
    if (!Object.hasOwn(run.labels, name) || run.labels[name] !== value)
      throw new HttpError(
        'not_allowed',
        `This token writes to runs with the label ${name}="${value}"; the run "${run.id}" has it not.`,
      );
  }
  return run;
}
