import { randomBytes } from 'node:crypto';
import type { LoggedModel, LoggedModelStatus, ModelMetric } from '../../documents/mlflow.ts';
import type { Sender } from '../../ingest/sender.ts';
import type { Own } from '../../own/own.ts';
import { listArtifacts, removeArtifact } from '../../runs/artifacts.ts';
import { placeOfModel } from '../../runs/mlflow/artifact-place.ts';
import { Fields } from '../../runs/mlflow/fields.ts';
import { InTurn } from '../../runs/in-turn.ts';
import { invalidValue, MlflowError } from '../../runs/mlflow/mlflow-error.ts';
import { pageOf } from '../../runs/mlflow/page.ts';
import {
  attributesNamed,
  inOrder,
  matches,
  type Order,
  parseFilter,
  parseOrder,
  type Searched,
} from '../../runs/mlflow/search-filter.ts';
import { modelArtifactUri, wireModel } from '../../runs/mlflow/wire.ts';
import { madeUpName } from '../../runs/run-name.ts';
import { wireFiles } from './artifacts.ts';
import type { Endpoint, MlflowNeeds } from './endpoint.ts';
import { activeExperiment } from './experiments.ts';
import { checkOwner, findRunToChange } from './find-run.ts';
import { cutValues, readPairs } from './pairs.ts';
import { readMaxResults } from './search-fields.ts';

const STATUSES: readonly LoggedModelStatus[] = ['LOGGED_MODEL_PENDING', 'LOGGED_MODEL_READY', 'LOGGED_MODEL_UPLOAD_FAILED'];
const MODEL_ID = /^m-[0-9a-f]{32}$/;
const MAX_NAME = 500;
const ATTRIBUTES = attributesNamed(
  ['model_id', 'name', 'status', 'model_type', 'source_run_id', 'experiment_id'],
  ['creation_timestamp', 'last_updated_timestamp'],
  { model_name: 'name', creation_time: 'creation_timestamp' },
);

/** Throws MlflowError where there is none. */
async function findModel({ documents }: Pick<MlflowNeeds, 'documents'>, id: string, evenDeleted = false): Promise<LoggedModel> {
  const model = MODEL_ID.test(id) ? await documents.mlflow.model(id) : undefined;
  if (model !== undefined && (evenDeleted || model.deletedMs === undefined)) return model;
  return refuseModel(id);
}

function refuseModel(id: string): never {
  throw new MlflowError('RESOURCE_DOES_NOT_EXIST', `Logged model with ID '${id.slice(0, 100)}' not found.`);
}

/** The model, for whoever looks at it. Throws MlflowError where there is none, or none that they may see. */
export async function findOwnModel(
  needs: Pick<MlflowNeeds, 'documents'>,
  id: string,
  own: Pick<Own, 'has'>,
  evenDeleted = false,
): Promise<LoggedModel> {
  const model = await findModel(needs, id, evenDeleted);
  return own.has(model.labels) ? model : refuseModel(id);
}

/** The model, for a sender that changes it. Throws MlflowError also where it is another tenant's. */
export async function findModelToChange(needs: Pick<MlflowNeeds, 'documents'>, id: string, sender: Sender): Promise<LoggedModel> {
  const model = await findModel(needs, id);
  checkOwner(model, sender, 'model');
  return model;
}

/** Models as MLflow 3 logs them: with a life of their own, whether or not a run wrote them. */
export function loggedModelEndpoints(needs: MlflowNeeds): Endpoint[] {
  const { runs, documents } = needs;
  const byModel = new InTurn();

  async function wire(model: LoggedModel): Promise<object> {
    return { model: wireModel(model, await documents.mlflow.modelMetrics([model.id])) };
  }

  /** Reads, changes and writes it, with nobody between. */
  function change(fields: Fields, sender: Sender, to: (model: LoggedModel) => Partial<LoggedModel>): Promise<LoggedModel> {
    const id = fields.neededText('model_id');
    return byModel.do(id, async () => {
      const before = await findModelToChange(needs, id, sender);
      const after = { ...before, ...to(before), updatedMs: Date.now() };
      await documents.mlflow.saveModel(after);
      return after;
    });
  }

  return [
    {
      method: 'POST',
      path: '/logged-models',
      access: 'ingest',
      summary: 'Makes a model, whose files come next',
      async answer(fields, { sender }) {
        const id = fields.id('experiment_id') || '0';
        const project = /^\d{1,15}$/.test(id) ? await runs.projectById(Number(id)) : undefined;
        if (project === undefined) {
          throw new MlflowError('RESOURCE_DOES_NOT_EXIST', `No Experiment with id=${id.slice(0, 100)} exists`);
        }
        activeExperiment(project);
        const name = fields.text('name') || madeUpName();
        if (name.length > MAX_NAME || /[/:.%"']/.test(name)) {
          throw invalidValue('name', name, `A model's name has at most ${MAX_NAME} characters, and none of / : . % " '.`);
        }
        const runId = fields.text('source_run_id') || undefined;
        const run = runId === undefined ? undefined : await findRunToChange(runs, runId, sender);
        const nowMs = Date.now();
        const model: LoggedModel = {
          id: `m-${randomBytes(16).toString('hex')}`,
          projectId: project.id,
          runId,
          name,
          modelType: fields.text('model_type') ?? '',
          status: 'LOGGED_MODEL_PENDING',
          params: cutValues(readPairs(fields, 'params')).kept,
          tags: cutValues(readPairs(fields, 'tags')).kept,
          labels: run?.labels ?? sender.labels.toObject(),
          createdMs: nowMs,
          updatedMs: nowMs,
          deletedMs: undefined,
        };
        await documents.mlflow.saveModel(model);
        return wire(model);
      },
    },
    {
      method: 'POST',
      path: '/logged-models/search',
      access: 'read',
      summary: 'Models that a filter lets through',
      async answer(fields, { own }) {
        const clauses = parseFilter(fields.text('filter') ?? '', ATTRIBUTES);
        const orders = fields.objects('order_by').map((order): Order => {
          const { operand } = parseOrder(order.neededText('field_name'), ATTRIBUTES);
          return { operand, descending: order.json('ascending') === false };
        });
        const projectIds = fields.texts('experiment_ids').map(Number);
        const models = (projectIds.length === 0 ? [] : await documents.mlflow.models(projectIds)).filter(
          ({ deletedMs, labels }) => deletedMs === undefined && own.has(labels),
        );
        const metrics = Map.groupBy(await documents.mlflow.modelMetrics(models.map(({ id }) => id)), ({ modelId }) => modelId);
        const about = fields.objects('datasets').map((dataset) => {
          const [name, digest] = [dataset.neededText('dataset_name'), dataset.text('dataset_digest')];
          return (metric: ModelMetric): boolean =>
            metric.datasetName === name && (digest === undefined || metric.datasetDigest === digest);
        });
        const searched = (model: LoggedModel): Searched =>
          searchedModel(
            model,
            (metrics.get(model.id) ?? []).filter((metric) => about.length === 0 || about.some((is) => is(metric))),
          );
        const found = inOrder(
          models.filter((model) => matches(clauses, searched(model))),
          orders,
          searched,
        );
        const page = pageOf(found, fields.text('page_token'), readMaxResults(fields, 100));
        return {
          models: page.items.map((model) => wireModel(model, metrics.get(model.id) ?? [])),
          ...(page.nextToken === undefined ? {} : { next_page_token: page.nextToken }),
        };
      },
    },
    {
      method: 'GET',
      path: '/logged-models/:model_id',
      access: 'read',
      summary: 'A model',
      answer: async (fields, { own }) =>
        wire(await findOwnModel(needs, fields.neededText('model_id'), own, fields.boolean('allow_deleted'))),
    },
    {
      method: 'PATCH',
      path: '/logged-models/:model_id',
      access: 'ingest',
      summary: 'Says whether all of a model’s files are there',
      async answer(fields, { sender }) {
        const given = fields.json('status');
        const status = STATUSES.find((it, index) => it === given || index + 1 === given);
        if (status === undefined) throw invalidValue('status', given, `Expected one of ${STATUSES.join(', ')}.`);
        return wire(await change(fields, sender, () => ({ status })));
      },
    },
    {
      method: 'DELETE',
      path: '/logged-models/:model_id',
      access: 'ingest',
      summary: 'Removes a model and its files',
      async answer(fields, { sender }) {
        const model = await change(fields, sender, () => ({ deletedMs: Date.now() }));
        const { folder, path } = placeOfModel(runs, model, '');
        await removeArtifact(folder, path);
        return {};
      },
    },
    {
      method: 'PATCH',
      path: '/logged-models/:model_id/tags',
      access: 'ingest',
      summary: 'Sets tags of a model',
      async answer(fields, { sender }) {
        const { kept } = cutValues(readPairs(fields, 'tags'));
        await change(fields, sender, ({ tags }) => ({ tags: { ...tags, ...kept } }));
        return {};
      },
    },
    {
      method: 'DELETE',
      path: '/logged-models/:model_id/tags/:tag_key',
      access: 'ingest',
      summary: 'Removes a tag of a model',
      async answer(fields, { sender }) {
        const key = fields.neededText('tag_key');
        await change(fields, sender, ({ tags }) => {
          if (!Object.hasOwn(tags, key)) {
            throw new MlflowError('RESOURCE_DOES_NOT_EXIST', `No tag with key '${key.slice(0, 250)}' found for this model.`);
          }
          return { tags: Object.fromEntries(Object.entries(tags).filter(([name]) => name !== key)) };
        });
        return {};
      },
    },
    {
      method: 'POST',
      path: '/logged-models/:model_id/params',
      access: 'ingest',
      summary: 'Adds parameters to a model',
      async answer(fields, { sender }) {
        const { kept } = cutValues(readPairs(fields, 'params'));
        await change(fields, sender, ({ params }) => ({ params: { ...params, ...kept } }));
        return {};
      },
    },
    {
      method: 'GET',
      path: '/logged-models/:model_id/artifacts/directories',
      access: 'read',
      summary: 'What lies in a folder of a model’s files',
      async answer(fields, { own }) {
        const model = await findOwnModel(needs, fields.neededText('model_id'), own);
        const { folder, path } = placeOfModel(runs, model, fields.text('artifact_directory_path') ?? '');
        const within = placeOfModel(runs, model, '').path;
        const files = await listArtifacts(folder, path);
        return {
          root_uri: modelArtifactUri(model),
          ...wireFiles(files, (file) => (within === '' ? file : file.slice(within.length + 1))),
        };
      },
    },
  ];
}

function searchedModel(model: LoggedModel, metrics: readonly ModelMetric[]): Searched {
  return {
    metric: (key) => metrics.findLast((metric) => metric.key === key)?.value,
    param: (key) => (Object.hasOwn(model.params, key) ? model.params[key] : undefined),
    tag: (key) => (Object.hasOwn(model.tags, key) ? model.tags[key] : undefined),
    attribute(name) {
      switch (name) {
        case 'model_id':
          return model.id;
        case 'name':
          return model.name;
        case 'status':
          return model.status;
        case 'model_type':
          return model.modelType;
        case 'source_run_id':
          return model.runId;
        case 'experiment_id':
          return String(model.projectId);
        case 'creation_timestamp':
          return model.createdMs;
        default:
          return model.updatedMs;
      }
    },
  };
}
