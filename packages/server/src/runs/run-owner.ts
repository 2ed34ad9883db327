import type { Run } from '@vitrine/model/run.ts';
import { HttpError } from '../http/errors.ts';
import type { Sender } from '../ingest/sender.ts';

/** The first label of the sender's that what is owned has not; undefined where the sender may write to it. */
export function labelNotHad(
  owned: Pick<Run, 'labels'>,
  { labels }: Pick<Sender, 'labels'>,
): readonly [name: string, value: string] | undefined {
  for (const [name, value] of labels)
    if (!Object.hasOwn(owned.labels, name) || owned.labels[name] !== value) return [name, value];
  return undefined;
}

/**
 * The run, for a sender that writes to it. A token with labels writes to runs that have them alone: so one team's is not another's. Every
 * door asks, also behind Runs.ensure(), which answers with the run that is there, whoever made it. Throws HttpError.
 */
export function checkRunOwner(run: Run, sender: Pick<Sender, 'labels'>): Run {
  const [name, value] = labelNotHad(run, sender) ?? [];
  if (name === undefined) return run;
  throw new HttpError(
    'not_allowed',
    `This token writes to runs with the label ${name}="${value}"; the run "${run.id}" has it not.`,
  );
}
