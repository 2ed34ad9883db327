import type { CurveBatch } from '@vitrine/model/curve-store.ts';
import type { Run } from '@vitrine/model/run.ts';
import type { ModelMetric, RunLink } from '../../documents/mlflow.ts';
import type { Refused } from '../../ingest/arrivals.ts';
import { Fields } from '../../runs/mlflow/fields.ts';
import { InTurn } from '../../runs/in-turn.ts';
import { invalidValue, MlflowError } from '../../runs/mlflow/mlflow-error.ts';
import { checkKey } from '../../runs/mlflow/names.ts';
import type { Endpoint, MlflowCall, MlflowNeeds } from './endpoint.ts';
import { findRunToChange } from './find-run.ts';
import { checkUnique, cutValues, MAX_VALUE, pairsIn } from './pairs.ts';
import { nodesIn, tagsEdit } from './run-tags.ts';

const MOST_BATCH_BYTES = 1_000_000;
const MOST_METRICS = 1_000;
const MOST_PARAMS_OR_TAGS = 100;
const MOST_IN_ALL = 1_000;
const LOGGED_MODELS = 'mlflow.log-model.history';

interface LoggedMetric {
  readonly key: string;
  readonly value: number;
  readonly timeMs: number;
  readonly step: number;
  /** "" where it is about none. */
  readonly modelId: string;
  readonly datasetName: string;
  readonly datasetDigest: string;
}

interface Logged {
  readonly metrics: readonly LoggedMetric[];
  readonly params: readonly (readonly [key: string, value: string])[];
  readonly tags: readonly (readonly [key: string, value: string])[];
}

/** What a training logs: metrics, parameters, tags, and which datasets and models it read or wrote. */
export function logDataEndpoints({ runs, documents, intake }: MlflowNeeds): Endpoint[] {
  const byRun = new InTurn();

  async function log(run: Run, { metrics, params, tags }: Logged, call: MlflowCall): Promise<object> {
    const refused: Refused[] = [];
    await intake.keep(
      'mlflow',
      call.sender,
      metrics.length,
      async () => {
        const hosts = nodesIn(metrics.map(({ key }) => key)).filter((host) => !run.hosts.includes(host));
        const writing: Promise<unknown>[] = [];
        if (params.length > 0) {
          // Nobody else may set one of them between looking and setting.
          writing.push(byRun.do(run.id, () => setParams(run.id, Object.fromEntries(params), refused)));
        }
        if (tags.length > 0 || hosts.length > 0) {
          const { kept, cut } = cutValues(Object.fromEntries(tags));
          noteCut(refused, 'tag', cut);
          writing.push(runs.edit(run.id, { ...tagsEdit(kept), ...(hosts.length === 0 ? {} : { hosts }) }));
        }
        if (metrics.length > 0) writing.push(runs.append(batchOf(run.id, metrics)));
        const ofModels = metrics.filter(({ modelId }) => modelId !== '');
        if (ofModels.length > 0)
          writing.push(documents.mlflow.saveModelMetrics(ofModels.map((metric) => modelMetric(run, metric))));
        // All of it before an answer, so that nothing goes on behind one that says that it failed.
        for (const outcome of await Promise.allSettled(writing)) if (outcome.status === 'rejected') throw outcome.reason;
      },
      refused,
    );
    runs.touch(run.id, Date.now());
    return {};
  }

  async function setParams(id: string, params: Readonly<Record<string, string>>, refused: Refused[]): Promise<void> {
    const { kept, cut } = cutValues(params);
    noteCut(refused, 'parameter', cut);
    const known = (await runs.find(id))?.params ?? {};
    for (const [key, value] of Object.entries(kept)) {
      if (!Object.hasOwn(known, key) || known[key] === value) continue;
      throw new MlflowError(
        'INVALID_PARAMETER_VALUE',
        `Changing param values is not allowed. Param with key='${key}' was already logged with value='${known[key]?.slice(0, 200)}' for run ID='${id}'. Attempted logging new value '${value.slice(0, 200)}'.`,
      );
    }
    await runs.edit(id, { params: kept });
  }

  async function saveLinks(links: readonly RunLink[]): Promise<object> {
    if (links.length > 0) await documents.mlflow.saveLinks(links);
    return {};
  }

  return [
    {
      method: 'POST',
      path: '/runs/log-metric',
      access: 'ingest',
      summary: 'Logs a value of a metric',
      async answer(fields, call) {
        const metric = readMetric(fields);
        return log(await findRunToChange(runs, fields.runId(), call.sender), { metrics: [metric], params: [], tags: [] }, call);
      },
    },
    {
      method: 'POST',
      path: '/runs/log-parameter',
      access: 'ingest',
      summary: 'Logs a parameter, which never changes',
      async answer(fields, call) {
        const key = checkKey('key', fields.neededText('key'));
        const params = [[key, fields.text('value') ?? ''] as const];
        return log(await findRunToChange(runs, fields.runId(), call.sender), { metrics: [], params, tags: [] }, call);
      },
    },
    {
      method: 'POST',
      path: '/runs/log-batch',
      access: 'ingest',
      summary: 'Logs metrics, parameters and tags',
      async answer(fields, call) {
        if (call.bodyBytes > MOST_BATCH_BYTES) {
          throw new MlflowError(
            'INVALID_PARAMETER_VALUE',
            `Batched logging API requests must be at most ${MOST_BATCH_BYTES} bytes, got a request of size ${call.bodyBytes}.`,
          );
        }
        const metrics = fields.objects('metrics').map(readMetric);
        const params = pairsIn(fields, 'params');
        const tags = pairsIn(fields, 'tags');
        checkCount('metrics', metrics.length, MOST_METRICS);
        checkCount('params', params.length, MOST_PARAMS_OR_TAGS);
        checkCount('tags', tags.length, MOST_PARAMS_OR_TAGS);
        checkCount('metrics, params, and tags', metrics.length + params.length + tags.length, MOST_IN_ALL);
        checkUnique(params);
        return log(await findRunToChange(runs, fields.runId(), call.sender), { metrics, params, tags }, call);
      },
    },
    {
      method: 'POST',
      path: '/runs/log-inputs',
      access: 'ingest',
      summary: 'Says which datasets and models a run reads',
      async answer(fields, { sender }) {
        const { id: runId } = await findRunToChange(runs, fields.runId(), sender);
        const datasets = fields.objects('datasets').map((input): RunLink => {
          const dataset = input.object('dataset');
          const texts = (name: string): object => {
            const text = dataset.text(name);
            return text === undefined ? {} : { [name]: text };
          };
          const name = dataset.neededText('name');
          const digest = dataset.neededText('digest');
          const tags = input.objects('tags').map((tag) => ({ key: tag.neededText('key'), value: tag.text('value') ?? '' }));
          const told = { name, digest, ...texts('source_type'), ...texts('source'), ...texts('schema'), ...texts('profile') };
          return { runId, kind: 'dataset', key: `${name}\n${digest}`, json: JSON.stringify({ tags, dataset: told }) };
        });
        const models = fields.objects('models').map((model): RunLink => {
          const id = model.neededText('model_id');
          return { runId, kind: 'model_input', key: id, json: JSON.stringify({ model_id: id }) };
        });
        return saveLinks([...datasets, ...models]);
      },
    },
    {
      method: 'POST',
      path: '/runs/outputs',
      access: 'ingest',
      summary: 'Says which models a run wrote',
      async answer(fields, { sender }) {
        const { id: runId } = await findRunToChange(runs, fields.runId(), sender);
        return saveLinks(
          fields.objects('models').map((model): RunLink => {
            const id = model.neededText('model_id');
            const json = JSON.stringify({ model_id: id, step: model.step('step') ?? 0 });
            return { runId, kind: 'model_output', key: id, json };
          }),
        );
      },
    },
    {
      method: 'POST',
      path: '/runs/log-model',
      access: 'ingest',
      summary: 'Adds to the list of models among a run’s tags, as MLflow 1 and 2 do',
      async answer(fields, { sender }) {
        const { id } = await findRunToChange(runs, fields.runId(), sender);
        const model = readModel(fields.neededText('model_json'));
        return byRun.do(id, async () => {
          const before = modelsIn((await runs.find(id))?.tags[LOGGED_MODELS] ?? '[]');
          const kept = newestThatFit([...before.map((it) => JSON.stringify(it)), model]);
          const cut = before.length + 1 - kept.length;
          if (cut > 0) {
            const sentence = `A run's list of models holds ${MAX_VALUE} characters, so it lost its oldest.`;
            intake.refuse('mlflow', sender, { reason: 'cut', count: cut, sentence });
          }
          await runs.edit(id, { tags: { [LOGGED_MODELS]: `[${kept.join(',')}]` } });
          return {};
        });
      },
    },
  ];
}

function readMetric(fields: Fields): LoggedMetric {
  return {
    key: checkKey(fields.at('key'), fields.neededText('key')),
    value: fields.neededDouble('value'),
    timeMs: fields.neededTimeMs('timestamp'),
    step: fields.step('step') ?? 0,
    modelId: fields.text('model_id') ?? '',
    datasetName: fields.text('dataset_name') ?? '',
    datasetDigest: fields.text('dataset_digest') ?? '',
  };
}

function modelMetric({ id }: Run, { key, value, timeMs, step, modelId, datasetName, datasetDigest }: LoggedMetric): ModelMetric {
  return { modelId, key, runId: id, datasetName, datasetDigest, value, timeMs, step };
}

function batchOf(run: string, metrics: readonly LoggedMetric[]): CurveBatch {
  const { length } = metrics;
  const curves = new Map<string, number>();
  const curveIndex = new Uint32Array(length);
  const steps = new Float64Array(length);
  const timesMs = new Float64Array(length);
  const values = new Float64Array(length);
  // Filled one by one: this is where a server's time goes that many trainings log to, and TypedArray.from() takes several times as long.
  for (const [at, { key, step, timeMs, value }] of metrics.entries()) {
    const index = curves.get(key) ?? curves.size;
    curves.set(key, index);
    curveIndex[at] = index;
    steps[at] = step;
    timesMs[at] = timeMs;
    values[at] = value;
  }
  // Clients send again what they got no answer for: once.
  return { curves: [...curves.keys()].map((metric) => ({ run, metric })), curveIndex, steps, timesMs, values, once: true };
}

function checkCount(what: string, count: number, most: number): void {
  if (count <= most) return;
  throw new MlflowError(
    'INVALID_PARAMETER_VALUE',
    `A batch logging request can contain at most ${most} ${what}. Got ${count} ${what}. Please split up ${what} across multiple requests and try again.`,
  );
}

function noteCut(refused: Refused[], what: string, count: number): void {
  if (count > 0) {
    refused.push({ reason: 'cut', count, sentence: `The value of a ${what} was longer than Vitrine keeps, so it was cut.` });
  }
}

/** A model's JSON, for a list of them that a tag holds. */
function readModel(text: string): string {
  const model = parsed(text);
  if (typeof model !== 'object' || model === null || Array.isArray(model)) {
    throw invalidValue('model_json', text, 'Malformed model info. Expected a JSON object.');
  }
  const json = JSON.stringify(model);
  if (json.length > MAX_VALUE - 2) {
    throw invalidValue('model_json', text, `It has ${json.length} characters, and the limit is ${MAX_VALUE - 2}.`);
  }
  return json;
}

/** None where the tag was set to something else, or cut. */
function modelsIn(tag: string): readonly unknown[] {
  const models = parsed(tag);
  return Array.isArray(models) ? models : [];
}

/** The last ones that a tag holds as a list. */
function newestThatFit(models: readonly string[]): readonly string[] {
  let from = models.length;
  for (let length = 1; from > 0; from--) {
    length += (models[from - 1] as string).length + 1;
    if (length > MAX_VALUE) break;
  }
  return models.slice(from);
}

/** undefined where it is no JSON. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
