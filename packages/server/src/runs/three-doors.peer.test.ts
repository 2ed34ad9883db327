import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { trainingPython } from '../testing/python-venv.ts';
import { type RunningVitrine, startVitrine } from '../testing/start-vitrine.ts';

/** A real training: logistic regression by gradient descent on handwritten digits, told through three doors at each step. */
const SCRIPT = `
import json, os, sys, time, urllib.request
os.environ["MLFLOW_TRACKING_URI"] = sys.argv[1]
os.environ["MLFLOW_HTTP_REQUEST_MAX_RETRIES"] = "8"
import mlflow
from sklearn.datasets import load_digits
from sklearn.linear_model import SGDClassifier
from sklearn.metrics import log_loss
from tensorboardX import SummaryWriter

url, logdir, steps = sys.argv[1], sys.argv[2], int(sys.argv[3])
digits = load_digits()
x, y = digits.data / 16, digits.target
model = SGDClassifier(loss="log_loss", learning_rate="constant", eta0=0.01, random_state=0)
writer = SummaryWriter(logdir, flush_secs=1)
mlflow.set_experiment("digits")

def post(path, body):
    for attempt in range(60):
        try:
            request = urllib.request.Request(url + path, json.dumps(body).encode(), {"content-type": "application/json"})
            return json.load(urllib.request.urlopen(request))
        except OSError:
            time.sleep(0.25)
    raise SystemExit("the server does not come back")

plain = post("/api/runs", {"name": "plain", "project": "digits"})["run"]["id"]
with mlflow.start_run(run_name="mlflow") as run:
    for step in range(steps):
        rows = slice(step * 32 % 1600, step * 32 % 1600 + 32)
        model.partial_fit(x[rows], y[rows], classes=range(10))
        # What a float32 holds, so that event files hold it too.
        loss = float(__import__("numpy").float32(log_loss(y[:256], model.predict_proba(x[:256]), labels=range(10))))
        mlflow.log_metric("loss", loss, step=step)
        writer.add_scalar("loss", loss, step)
        post(f"/api/runs/{plain}/points?once=true", {"loss": loss, "step": step, "time": 1.7e12 + step})
        print(step, flush=True)
writer.close()
`;

const STEPS = 30;
const folder = mkdtempSync(join(tmpdir(), 'vitrine-three-doors-'));
const logdir = join(folder, 'logs');
let python = '';
let server: RunningVitrine;

beforeAll(async () => {
  python = await trainingPython();
  mkdirSync(logdir);
  writeFileSync(join(folder, 'train.py'), SCRIPT);
});

afterAll(async () => {
  await server.stop();
  rmSync(folder, { recursive: true, force: true });
});

async function curves(): Promise<Record<string, { steps: number[]; values: number[] }>> {
  const answer = await fetch(`${server.url}/api/runs/export?format=csv&metrics=loss&projects=digits&projects=boards`);
  const [head = '', ...lines] = (await answer.text()).trimEnd().split('\n');
  const [name, step, value] = ['run_name', 'step', 'value'].map((column) => head.split(',').indexOf(column));
  const found: Record<string, { steps: number[]; values: number[] }> = {};
  for (const cells of lines.map((line) => line.split(','))) {
    const curve = (found[cells[name!]!] ??= { steps: [], values: [] });
    curve.steps.push(Number(cells[step!]));
    curve.values.push(Number(cells[value!]));
  }
  return found;
}

test(
  'a training told through three doors is the same curve three times, though the server is killed in its midst',
  { timeout: 240_000 },
  async () => {
    server = await startVitrine(folder, '--logdir', `boards=${logdir}`);
    const port = new URL(server.url).port;
    const training = spawn(python, [join(folder, 'train.py'), server.url, join(logdir, 'digits'), String(STEPS)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const ended = new Promise<number | null>((resolve) => training.once('exit', resolve));
    for await (const line of createInterface({ input: training.stdout })) {
      if (Number(line) !== 10) continue;
      process.kill(server.pid, 'SIGKILL');
      await server.stop();
      server = await startVitrine(folder, '--logdir', `boards=${logdir}`, '--listen', `127.0.0.1:${port}`);
    }
    expect(await ended).toBe(0);
    const want = Array.from({ length: STEPS }, (_, step) => step);
    await expect.poll(async () => (await curves())['digits']?.steps, { timeout: 60_000 }).toEqual(want);
    const found = await curves();
    expect(Object.keys(found).toSorted()).toEqual(['digits', 'mlflow', 'plain']);
    expect(found['mlflow']).toEqual(found['digits']);
    expect(found['plain']).toEqual(found['digits']);
    expect(new Set(found['plain']!.values).size).toBeGreaterThan(STEPS / 2);
  },
);
