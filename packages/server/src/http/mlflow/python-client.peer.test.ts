import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { trainingPython } from '../../testing/python-venv.ts';
import { ask, type RunningVitrine, startVitrine } from '../../testing/start-vitrine.ts';

/** A training as people write them, with nothing in it that knows of Vitrine. Tells what the client sees, as JSON. */
const TRAINING = `
import json, sys, time, warnings
warnings.filterwarnings("ignore")
import matplotlib
matplotlib.use("agg")
import matplotlib.pyplot as plt
import numpy as np
import mlflow
from mlflow import MlflowClient
from mlflow.entities import Metric, Param, RunTag
from sklearn.datasets import load_iris
from sklearn.linear_model import LogisticRegression

def tell(**what):
    print(json.dumps(what, default=str), flush=True)

mlflow.set_experiment("iris")
client = MlflowClient()
mlflow.enable_system_metrics_logging()
mlflow.set_system_metrics_sampling_interval(0.1)
mlflow.set_system_metrics_node_id("gpu-07")
with mlflow.start_run(run_name="by hand", tags={"team": "vision"}, description="*note*") as parent:
    mlflow.log_params({"lr": 0.1, "layers": [1, 2]})
    for step in range(20):
        mlflow.log_metric("loss", 1 / (step + 1), step=step)
    mlflow.log_metrics({"nan": float("nan"), "inf": float("-inf"), "val/acc": 0.5}, step=7)
    client.log_batch(parent.info.run_id,
        metrics=[Metric("batch", i / 10, 1_700_000_000_000 + i, i) for i in range(1000)])
    client.log_batch(parent.info.run_id, params=[Param("p", "q")], tags=[RunTag("t", "u")])
    mlflow.log_text("hello", "notes/hello 🎉.txt")
    mlflow.log_dict({"a": 1}, "config.json")
    figure, axes = plt.subplots()
    axes.plot([1, 2])
    mlflow.log_figure(figure, "plots/loss.png")
    mlflow.log_image(np.zeros((4, 4, 3), dtype=np.uint8), "black.png")
    mlflow.log_image(np.zeros((4, 4, 3), dtype=np.uint8), key="val/dogs", step=3)
    mlflow.log_table({"a": [1, 2]}, "table.json")
    with mlflow.start_run(nested=True, run_name="nested") as child:
        mlflow.log_metric("x", 1)
    while not any(key.startswith("system/") for key in client.get_run(parent.info.run_id).data.metrics):
        time.sleep(0.1)
mlflow.disable_system_metrics_logging()
run = client.get_run(parent.info.run_id)
tell(run={"id": run.info.run_id, "name": run.info.run_name, "status": run.info.status, "lifecycle": run.info.lifecycle_stage,
    "metrics": {key: repr(value) for key, value in run.data.metrics.items() if not key.startswith("system/")},
    "system": sorted(key for key in run.data.metrics if key.startswith("system/")),
    "params": run.data.params, "tags": {key: run.data.tags[key] for key in ("team", "mlflow.note.content", "t")}})
tell(history=[len(client.get_metric_history(run.info.run_id, key)) for key in ("loss", "batch", "none")],
    steps=[point.step for point in client.get_metric_history(run.info.run_id, "loss")])
tell(artifacts=[file.path for file in client.list_artifacts(run.info.run_id)],
    notes=[file.path for file in client.list_artifacts(run.info.run_id, "notes")],
    text=mlflow.artifacts.load_text(run.info.artifact_uri + "/notes/hello 🎉.txt"),
    config=mlflow.artifacts.load_dict(run.info.artifact_uri + "/config.json"),
    table=mlflow.load_table("table.json", run_ids=[run.info.run_id]).to_dict("list"),
    image=len(open(mlflow.artifacts.download_artifacts(run_id=run.info.run_id, artifact_path="plots/loss.png"), "rb").read()) > 1000)
tell(children=[found.info.run_name for found in client.search_runs([run.info.experiment_id],
        f"tags.mlflow.parentRunId = '{run.info.run_id}'")],
    found=list(mlflow.search_runs(filter_string="metrics.\`val/acc\` >= 0.5 and params.p = 'q'")["run_id"]) == [run.info.run_id],
    experiments=[found.name for found in mlflow.search_experiments(filter_string="name ILIKE 'IR%'")])

try:
    with mlflow.start_run(run_name="fails") as failing:
        raise ValueError("out of memory")
except ValueError:
    pass
failed = client.get_run(failing.info.run_id).info.status
with mlflow.start_run(run_id=failing.info.run_id):
    again = client.get_run(failing.info.run_id).info
    mlflow.log_metric("after", 1)
tell(failed=failed, again=[again.status, again.end_time], ended=client.get_run(failing.info.run_id).info.status)
try:
    client.log_param(run.info.run_id, "lr", "0.2")
except mlflow.exceptions.MlflowException as problem:
    tell(problem=problem.error_code)
client.delete_run(child.info.run_id)
tell(deleted=client.get_run(child.info.run_id).info.lifecycle_stage)
client.restore_run(child.info.run_id)

mlflow.sklearn.autolog()
X, y = load_iris(return_X_y=True, as_frame=True)
model = LogisticRegression(max_iter=200)
with mlflow.start_run(run_name="autolog") as auto:
    model.fit(X, y)
run = client.get_run(auto.info.run_id)
loaded = mlflow.sklearn.load_model(f"runs:/{run.info.run_id}/model")
logged = mlflow.last_logged_model()
tell(autolog={"score": run.data.metrics["training_score"] == model.score(X, y), "C": run.data.params["C"],
    "same": bool((loaded.predict(X) == model.predict(X)).all()),
    "dataset": [given.dataset.name for given in run.inputs.dataset_inputs],
    "model": [written.model_id for written in run.outputs.model_outputs] == [logged.model_id],
    "status": logged.status.name, "source": logged.source_run_id == run.info.run_id,
    "metrics": any(metric.key == "training_score" for metric in logged.metrics or []),
    "listed": [file.path for file in client.list_artifacts(run.info.run_id, "model")],
    "found": [found.model_id for found in mlflow.search_logged_models([run.info.experiment_id], output_format="list")] == [logged.model_id]})
`;

/** Logs as fast as it is let, and prints each step once it is said to be kept. */
const LONG = `
import mlflow
from mlflow.entities import Metric
mlflow.set_experiment("long")
client = mlflow.MlflowClient()
with mlflow.start_run() as run:
    print(run.info.run_id, flush=True)
    for step in range(150):
        mlflow.log_metric("single", step / 7, step=step, timestamp=1_700_000_000_000 + step)
        client.log_batch(run.info.run_id, [Metric(f"batch {i}", step * i, 1_700_000_000_000 + step, step) for i in range(20)])
        print(step, flush=True)
`;

const folder = mkdtempSync(join(tmpdir(), 'vitrine-mlflow-'));
let python = '';
let vitrine: RunningVitrine | undefined;

beforeAll(async () => {
  python = await trainingPython();
  vitrine = await startVitrine(folder);
});
afterAll(async () => {
  await vitrine?.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** Runs a script against the server, and hands on each line that it prints. */
async function train(url: string, script: string, onLine: (line: string) => Promise<void> | void): Promise<number | null> {
  const file = join(folder, 'train.py');
  writeFileSync(file, script);
  const child = spawn(python, [file], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      ...process.env,
      MLFLOW_TRACKING_URI: url,
      // Tries again each second, and not ever more seldom.
      MLFLOW_HTTP_REQUEST_BACKOFF_FACTOR: '1',
      MLFLOW_HTTP_REQUEST_BACKOFF_JITTER: '0',
      MLFLOW_DISABLE_TELEMETRY: 'true',
    },
  });
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
  const errors: string[] = [];
  createInterface({ input: child.stderr }).on('line', (line) => errors.push(line));
  for await (const line of createInterface({ input: child.stdout })) await onLine(line);
  const code = await ended;
  if (code !== 0) throw new Error(`The training ended with ${code}: ${errors.slice(-20).join('\n')}`);
  return code;
}

describe('Python’s mlflow', () => {
  const told: Record<string, unknown> = {};

  beforeAll(async () => {
    await train(vitrine?.url ?? '', TRAINING, (line) => {
      // The client prints links, too.
      if (line.startsWith('{')) Object.assign(told, JSON.parse(line));
    });
  });

  test('finds a run as it was logged', () => {
    expect(told['run']).toMatchObject({
      name: 'by hand',
      status: 'FINISHED',
      lifecycle: 'active',
      metrics: { loss: '0.05', nan: 'nan', inf: '-inf', 'val/acc': '0.5', batch: '99.9' },
      system: expect.arrayContaining(['system/gpu-07/cpu_utilization_percentage']) as unknown,
      params: { lr: '0.1', layers: '[1, 2]', p: 'q' },
      tags: { team: 'vision', 'mlflow.note.content': '*note*', t: 'u' },
    });
    expect(told['history']).toEqual([20, 1_000, 0]);
    expect(told['steps']).toEqual(Array.from({ length: 20 }, (_, step) => step));
  });

  test('gets its files back', () => {
    expect(told).toMatchObject({
      artifacts: ['black.png', 'config.json', 'images', 'notes', 'plots', 'table.json'],
      notes: ['notes/hello 🎉.txt'],
      text: 'hello',
      config: { a: 1 },
      table: { a: [1, 2] },
      image: true,
    });
  });

  test('logs images of steps, which are shown among the media', async () => {
    const { url = '' } = vitrine ?? {};
    const { id } = told['run'] as { readonly id: string };
    const answer = await fetch(`${url}/api/runs/${id}/items?kind=image`);
    const { items } = (await answer.json()) as { readonly items: readonly { readonly id: number }[] };
    expect(items).toEqual([expect.objectContaining({ tag: 'val/dogs', step: 3 })]);
    const shown = await fetch(`${url}/api/runs/items/${items[0]?.id}`);
    expect([shown.headers.get('content-type'), (await shown.text()).slice(1, 4)]).toEqual(['image/png', 'PNG']);
  });

  test('searches', () => {
    expect(told).toMatchObject({ children: ['nested'], found: true, experiments: ['iris'] });
  });

  test('ends, fails, resumes, deletes and is told what is not allowed', () => {
    expect(told).toMatchObject({
      failed: 'FAILED',
      again: ['RUNNING', null],
      ended: 'FINISHED',
      problem: 'INVALID_PARAMETER_VALUE',
      deleted: 'deleted',
    });
  });

  test('logs scikit-learn by itself, model included', () => {
    expect(told['autolog']).toEqual({
      score: true,
      C: '1.0',
      same: true,
      dataset: ['dataset'],
      model: true,
      status: 'READY',
      source: true,
      metrics: true,
      listed: expect.arrayContaining(['model/MLmodel', 'model/model.pkl']) as unknown,
      found: true,
    });
  });

  test('is seen by PromQL', async () => {
    const query = 'count_over_time(loss{project="iris",run_name="by hand"}[1h])';
    expect(Object.values(await ask(vitrine?.url ?? '', query))).toEqual([20]);
  });
});

test('a server that is killed while a training logs loses nothing and doubles nothing', { timeout: 120_000 }, async () => {
  const own = join(folder, 'killed');
  mkdirSync(own);
  let server = await startVitrine(own);
  try {
    const { url } = server;
    let run = '';
    let restarts = 0;
    await train(url, LONG, async (line) => {
      run ||= /^[0-9a-f]{32}$/.exec(line)?.[0] ?? '';
      if (line !== '70') return;
      process.kill(server.pid, 'SIGKILL');
      server = await startVitrine(own, '--listen', new URL(url).host);
      restarts++;
    });
    expect(restarts).toBe(1);
    const history = async (key: string): Promise<[number, number][]> => {
      const query = new URLSearchParams({ run_id: run, metric_key: key });
      const answer = await fetch(`${url}/api/2.0/mlflow/metrics/get-history?${query.toString()}`);
      const { metrics } = (await answer.json()) as { metrics: { step: number; value: number }[] };
      return metrics.map(({ step, value }) => [step, value]);
    };
    const steps = Array.from({ length: 150 }, (_, step) => step);
    expect(await history('single')).toEqual(steps.map((step) => [step, step / 7]));
    for (const i of [0, 7, 19]) expect(await history(`batch ${i}`)).toEqual(steps.map((step) => [step, step * i]));
  } finally {
    await server.stop();
  }
});
