import type { AddressInfo } from 'node:net';
import MLflow from 'mlflow';
import { RunStatus } from 'mlflow/enum.js';
import { expect, onTestFinished, test, vi } from 'vitest';
import { testApp } from '../../testing/test-app.ts';

test('the npm package "mlflow" logs a training and finds it again', async () => {
  // It prints every body that it sends.
  const print = vi.spyOn(console, 'log').mockImplementation(() => {});
  onTestFinished(() => print.mockRestore());
  const { app } = await testApp();
  await app.listen({ host: '127.0.0.1', port: 0 });
  const client = new MLflow({ endpoint: `http://127.0.0.1:${(app.server.address() as AddressInfo).port}` });

  const { experiment_id } = await client.Experiments.create({ name: 'from npm', artifact_location: '' });
  const { run } = await client.Runs.create({
    experiment_id,
    user_id: 'ann',
    start_time: 1_000,
    tags: [{ key: 'a', value: 'b' }],
  });
  const { run_id } = run.info;
  await client.Runs.logParameter({ run_id, key: 'lr', value: '0.1' });
  await client.Runs.setTag({ run_id, key: 'phase', value: 'warm-up' });
  await client.Runs.deleteTag({ run_id, key: 'phase' });
  for (let step = 0; step < 5; step++) {
    await client.Runs.logMetric({ run_id, key: 'loss', value: 1 / (step + 1), timestamp: 1_000 + step, step });
  }
  const metrics = [{ key: 'acc', value: 0.9, timestamp: 2_000, step: 4 }];
  await client.Runs.logBatch({ run_id, metrics, params: [{ key: 'model', value: 'tree' }], tags: [] });
  await client.Runs.update({ run_id, status: RunStatus.FINISHED, end_time: 3_000 });

  const { metrics: history } = await client.Metrics.getHistory({ run_id, metric_key: 'loss' });
  expect(history.map(({ step, value }) => [step, value])).toEqual([0, 1, 2, 3, 4].map((step) => [step, 1 / (step + 1)]));
  const { runs } = await client.Runs.search({
    experiment_ids: [experiment_id],
    filter: "metrics.acc > 0.5 and params.model = 'tree'",
  });
  expect(runs).toMatchObject([
    {
      info: { run_id, status: 'FINISHED', start_time: 1_000, end_time: 3_000, user_id: 'ann' },
      data: {
        metrics: expect.arrayContaining([expect.objectContaining({ key: 'loss', value: 0.2, step: 4 })]) as unknown,
        params: [
          { key: 'lr', value: '0.1' },
          { key: 'model', value: 'tree' },
        ],
        tags: expect.arrayContaining([{ key: 'a', value: 'b' }]) as unknown,
      },
    },
  ]);
  expect(await client.Artifacts.list({ run_id, path: '' })).toMatchObject({ root_uri: run.info.artifact_uri, files: [] });
  await expect(client.Runs.logParameter({ run_id, key: 'lr', value: '0.2' })).rejects.toThrow(/INVALID_PARAMETER_VALUE/);
});
