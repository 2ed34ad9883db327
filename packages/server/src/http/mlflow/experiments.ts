import type { Project } from '@vitrine/model/run.ts';
import type { OwnRuns } from '../../own/own-runs.ts';
import { Fields } from '../../runs/mlflow/fields.ts';
import { InTurn } from '../../runs/in-turn.ts';
import { invalidValue, MlflowError } from '../../runs/mlflow/mlflow-error.ts';
import { checkExperimentName, checkKey } from '../../runs/mlflow/names.ts';
import { pageOf } from '../../runs/mlflow/page.ts';
import { attributesNamed, inOrder, matches, parseFilter, parseOrder, type Searched } from '../../runs/mlflow/search-filter.ts';
import { ARTIFACT_LOCATION, wireExperiment } from '../../runs/mlflow/wire.ts';
import { readPairs } from './pairs.ts';
import { isInView, readMaxResults, readViewType } from './search-fields.ts';
import type { Endpoint, MlflowCall, MlflowNeeds } from './endpoint.ts';

const ATTRIBUTES = attributesNamed(['name', 'experiment_id'], ['creation_time', 'last_update_time']);

/** Experiments are Vitrine's projects. */
export function experimentEndpoints({ runs }: MlflowNeeds): Endpoint[] {
  const byName = new InTurn();

  async function experiment(fields: Fields, { projectById }: Pick<OwnRuns, 'projectById'>): Promise<Project> {
    const id = fields.neededId('experiment_id');
    if (!/^\d{1,15}$/.test(id)) {
      throw new MlflowError(
        'INVALID_PARAMETER_VALUE',
        `Invalid experiment ID '${id.slice(0, 100)}'. Experiment ID must be a valid integer.`,
      );
    }
    const project = await projectById(Number(id));
    if (project === undefined) throw new MlflowError('RESOURCE_DOES_NOT_EXIST', `No Experiment with id=${id} exists`);
    return project;
  }

  /** The experiment, for a sender that changes it. Throws also where another tenant has runs in it. */
  async function ownExperiment(fields: Fields, { own }: Pick<MlflowCall, 'own'>): Promise<Project> {
    const project = await experiment(fields, runs);
    await own.checkProject(project.id);
    return project;
  }

  async function setDeleted(project: Project, deleted: boolean, own: Pick<OwnRuns, 'all' | 'deleted'>): Promise<object> {
    if ((project.deletedMs !== undefined) === deleted) {
      const sentence = `No Experiment with id=${project.id} exists that is ${deleted ? 'active' : 'deleted'}`;
      throw new MlflowError('RESOURCE_DOES_NOT_EXIST', sentence);
    }
    await runs.editProject(project.id, { deletedMs: deleted ? Date.now() : null });
    const its = (await (deleted ? own.all() : own.deleted())).filter(({ projectId }) => projectId === project.id);
    await runs.setDeleted(
      its.map(({ id }) => id),
      deleted,
    );
    return {};
  }

  async function search(fields: Fields, { own }: MlflowCall): Promise<object> {
    const clauses = parseFilter(fields.text('filter') ?? '', ATTRIBUTES);
    const orders = fields.texts('order_by').map((text) => parseOrder(text, ATTRIBUTES));
    const view = readViewType(fields, 'view_type');
    const found = (await own.runs.projects())
      .filter((project) => isInView(project, view) && matches(clauses, searchedProject(project)))
      .toSorted((a, b) => b.createdMs - a.createdMs || b.id - a.id);
    const sorted = inOrder(found, orders, searchedProject);
    const page = pageOf(sorted, fields.text('page_token'), readMaxResults(fields, 1_000));
    return {
      experiments: page.items.map(wireExperiment),
      ...(page.nextToken === undefined ? {} : { next_page_token: page.nextToken }),
    };
  }

  const searching = {
    path: '/experiments/search',
    access: 'read',
    summary: 'Experiments that a filter lets through',
    answer: search,
  } as const;
  return [
    {
      method: 'POST',
      path: '/experiments/create',
      access: 'ingest',
      summary: 'Makes an experiment',
      async answer(fields) {
        const name = checkExperimentName('name', fields.neededText('name'));
        const location = fields.text('artifact_location') ?? '';
        const tags = {
          ...readPairs(fields, 'tags'),
          ...(location === '' ? {} : { [ARTIFACT_LOCATION]: checkLocation(location) }),
        };
        return byName.do(name, async () => {
          const known = await runs.project(name);
          if (known !== undefined) {
            const where = known.deletedMs === undefined ? '' : ' in deleted state. Restore it, or choose another name';
            throw new MlflowError('RESOURCE_ALREADY_EXISTS', `Experiment '${name}' already exists${where}.`);
          }
          return { experiment_id: String((await runs.ensureProject(name, tags)).id) };
        });
      },
    },
    {
      method: 'GET',
      path: '/experiments/get',
      access: 'read',
      summary: 'An experiment',
      answer: async (fields, { own }) => ({ experiment: wireExperiment(await experiment(fields, own.runs)) }),
    },
    {
      method: 'GET',
      path: '/experiments/get-by-name',
      access: 'read',
      summary: 'The experiment of a name',
      async answer(fields, { own }) {
        const name = fields.neededText('experiment_name');
        const project = await own.runs.project(name);
        // This code makes clients make it.
        if (project === undefined) {
          throw new MlflowError('RESOURCE_DOES_NOT_EXIST', `Could not find experiment with name '${name.slice(0, 500)}'`);
        }
        return { experiment: wireExperiment(project) };
      },
    },
    { method: 'POST', ...searching },
    { method: 'GET', ...searching },
    {
      method: 'POST',
      path: '/experiments/update',
      access: 'ingest',
      summary: 'Renames an experiment',
      async answer(fields, call) {
        const project = activeExperiment(await ownExperiment(fields, call));
        const name = fields.text('new_name');
        if (name !== undefined) await runs.editProject(project.id, { name: checkExperimentName('new_name', name) });
        return {};
      },
    },
    {
      method: 'POST',
      path: '/experiments/delete',
      access: 'ingest',
      summary: 'Puts an experiment and its runs into the bin',
      answer: async (fields, call) => setDeleted(await ownExperiment(fields, call), true, call.own.runs),
    },
    {
      method: 'POST',
      path: '/experiments/restore',
      access: 'ingest',
      summary: 'Takes an experiment and its runs out of the bin',
      answer: async (fields, call) => setDeleted(await ownExperiment(fields, call), false, call.own.runs),
    },
    {
      method: 'POST',
      path: '/experiments/set-experiment-tag',
      access: 'ingest',
      summary: 'Sets a tag of an experiment',
      async answer(fields, call) {
        const project = activeExperiment(await ownExperiment(fields, call));
        const key = checkKey('key', fields.neededText('key'));
        await runs.editProject(project.id, { tags: Object.fromEntries([[key, fields.text('value') ?? '']]) });
        return {};
      },
    },
    {
      method: 'POST',
      path: '/experiments/delete-experiment-tag',
      access: 'ingest',
      summary: 'Removes a tag of an experiment',
      async answer(fields, call) {
        const project = activeExperiment(await ownExperiment(fields, call));
        const key = fields.neededText('key');
        if (!Object.hasOwn(project.tags, key)) {
          throw new MlflowError(
            'RESOURCE_DOES_NOT_EXIST',
            `No tag with name: ${key.slice(0, 250)} in experiment with id ${project.id}`,
          );
        }
        await runs.editProject(project.id, { tags: Object.fromEntries([[key, null]]) });
        return {};
      },
    },
  ];
}

/** The experiment, unless it is in the bin. */
export function activeExperiment(project: Project): Project {
  if (project.deletedMs === undefined) return project;
  throw new MlflowError(
    'INVALID_PARAMETER_VALUE',
    `The experiment ${project.id} must be in the 'active' state. Current state is deleted.`,
  );
}

/** Clients write there by themselves, so it must be somewhere that they understand. */
function checkLocation(location: string): string {
  const isPlace = /^(?:[a-z][a-z0-9+.-]*:|\/)/i.test(location);
  if (!isPlace || /[?#]/.test(location)) {
    throw invalidValue('artifact_location', location, 'Expected a URI such as s3://bucket/folder, without "?" and "#".');
  }
  return location;
}

function searchedProject(project: Project): Searched {
  return {
    metric: () => undefined,
    param: () => undefined,
    tag: (key) => (Object.hasOwn(project.tags, key) ? project.tags[key] : undefined),
    attribute(name) {
      switch (name) {
        case 'name':
          return project.name;
        case 'experiment_id':
          return String(project.id);
        case 'creation_time':
          return project.createdMs;
        default:
          return project.updatedMs;
      }
    },
  };
}
