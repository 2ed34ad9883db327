import { randomBytes } from 'node:crypto';
import type { Run } from '@vitrine/model/run.ts';
import type { Own } from '../../own/own.ts';
import { invalidValue, MlflowError } from '../../runs/mlflow/mlflow-error.ts';
import { checkKey } from '../../runs/mlflow/names.ts';
import { GROUP, NOTE, PARENT, readStatus, RUN_NAME, USER, wireRun, wireRunInfo } from '../../runs/mlflow/wire.ts';
import type { Endpoint, MlflowNeeds } from './endpoint.ts';
import { activeExperiment } from './experiments.ts';
import { findOwnRun, findRun, findRunToChange } from './find-run.ts';
import { cutValues, readPairs } from './pairs.ts';
import { hostsAt, tagsEdit } from './run-tags.ts';

/** The life of a run: made, ended, put into the bin, and what its tags say. */
export function runLifeEndpoints({ runs, documents }: MlflowNeeds): Endpoint[] {
  async function whole(run: Run, { runs }: Pick<Own, 'runs'>): Promise<object> {
    const [project, metrics, links] = await Promise.all([
      runs.projectById(run.projectId),
      runs.curves.summaries({ runs: [run.id] }),
      documents.mlflow.links([run.id]),
    ]);
    return wireRun(run, { project, metrics, links });
  }

  return [
    {
      method: 'POST',
      path: '/runs/create',
      access: 'ingest',
      summary: 'Makes a run, which is running',
      async answer(fields, { sender, isForwarded, own }) {
        const id = fields.id('experiment_id') || '0';
        const project = /^\d{1,15}$/.test(id) ? await runs.projectById(Number(id)) : undefined;
        if (project === undefined) {
          throw new MlflowError('RESOURCE_DOES_NOT_EXIST', `No Experiment with id=${id.slice(0, 100)} exists`);
        }
        activeExperiment(project);
        const { kept: tags } = cutValues(readPairs(fields, 'tags'));
        const named = fields.text('run_name') ?? '';
        if (named !== '' && (tags[RUN_NAME] ?? named) !== named) {
          throw new MlflowError(
            'INVALID_PARAMETER_VALUE',
            `Both 'run_name' argument and 'mlflow.runName' tag are specified, but with different values (run_name='${named.slice(0, 200)}', mlflow.runName='${tags[RUN_NAME]?.slice(0, 200)}').`,
          );
        }
        const { name = '', user = '', group = '', notes, parentId, tags: rest } = tagsEdit({ [RUN_NAME]: named, ...tags });
        const made = await runs.create({
          id: randomBytes(16).toString('hex'),
          name,
          project: project.name,
          source: 'mlflow',
          group,
          tags: rest === undefined ? {} : withoutNulls(rest),
          startedMs: fields.timeMs('start_time') ?? Date.now(),
          parentId: parentId ?? undefined,
          user: user === '' ? (fields.text('user_id') ?? '') : user,
          hosts: isForwarded ? [] : hostsAt(sender.address),
          labels: sender.labels.toObject(),
        });
        return { run: await whole(notes === undefined ? made : await runs.edit(made.id, { notes }), own) };
      },
    },
    {
      method: 'GET',
      path: '/runs/get',
      access: 'read',
      summary: 'A run with the newest value of each metric',
      answer: async (fields, { own }) => ({ run: await whole(await findRun(own.runs, fields.runId()), own) }),
    },
    {
      method: 'POST',
      path: '/runs/update',
      access: 'ingest',
      summary: 'Says how a run is, when it ended, what it is called',
      async answer(fields, { sender }) {
        const run = await findRunToChange(runs, fields.runId(), sender);
        const status = readStatus(fields, 'status');
        const endedMs = fields.timeMs('end_time');
        const name = fields.text('run_name') ?? '';
        const after = await runs.edit(run.id, {
          ...(status === undefined ? {} : { status }),
          // One that runs again has no end, whatever it had.
          ...(status === 'running' ? { endedMs: null } : endedMs === undefined ? {} : { endedMs }),
          ...(name === '' ? {} : tagsEdit({ [RUN_NAME]: name })),
        });
        runs.touch(run.id, Date.now());
        return { run_info: wireRunInfo(after, await runs.projectById(after.projectId)) };
      },
    },
    {
      method: 'POST',
      path: '/runs/delete',
      access: 'ingest',
      summary: 'Puts a run into the bin',
      async answer(fields, { sender }) {
        await runs.setDeleted([(await findOwnRun(runs, fields.runId(), sender)).id], true);
        return {};
      },
    },
    {
      method: 'POST',
      path: '/runs/restore',
      access: 'ingest',
      summary: 'Takes a run out of the bin',
      async answer(fields, { sender }) {
        await runs.setDeleted([(await findOwnRun(runs, fields.runId(), sender)).id], false);
        return {};
      },
    },
    {
      method: 'POST',
      path: '/runs/set-tag',
      access: 'ingest',
      summary: 'Sets a tag of a run',
      async answer(fields, { sender }) {
        const run = await findRunToChange(runs, fields.runId(), sender);
        const key = checkKey('key', fields.neededText('key'));
        const { kept } = cutValues(Object.fromEntries([[key, fields.text('value') ?? '']]));
        if (key === RUN_NAME && kept[RUN_NAME]?.trim() === '') {
          throw invalidValue('value', kept[RUN_NAME], 'A run needs a name.');
        }
        await runs.edit(run.id, tagsEdit(kept));
        runs.touch(run.id, Date.now());
        return {};
      },
    },
    {
      method: 'POST',
      path: '/runs/delete-tag',
      access: 'ingest',
      summary: 'Removes a tag of a run',
      async answer(fields, { sender }) {
        const run = await findRunToChange(runs, fields.runId(), sender);
        const key = fields.neededText('key');
        const own: Readonly<Record<string, string>> = {
          [NOTE]: run.notes,
          [USER]: run.user,
          [GROUP]: run.group,
          [PARENT]: run.parentId ?? '',
        };
        const isThere = Object.hasOwn(run.tags, key) || (Object.hasOwn(own, key) && own[key] !== '');
        if (!isThere) {
          throw new MlflowError('RESOURCE_DOES_NOT_EXIST', `No tag with name: ${key.slice(0, 250)} in run with id ${run.id}`);
        }
        await runs.edit(run.id, tagsEdit(Object.fromEntries([[key, null]])));
        return {};
      },
    },
  ];
}

function withoutNulls(tags: Readonly<Record<string, string | null>>): Record<string, string> {
  return Object.fromEntries(Object.entries(tags).filter((entry): entry is [string, string] => entry[1] !== null));
}
