import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readConfig } from '../../config/read-config.ts';
import { encodeWriteRequest, packSnappy } from '../../ingest/remote-write/encode-remote-write.ts';
import { type RunningServer, startServer } from '../../start-server.ts';
import { pythonWith } from '../../testing/python-venv.ts';

/** As its documentation shows it, printing what it got as JSON. */
const SCRIPT = `
import json, sys
from datetime import datetime, timezone
from prometheus_api_client import PrometheusConnect

url, end = sys.argv[1], float(sys.argv[2])
prom = PrometheusConnect(url=url, disable_ssl=True)
start_time, end_time = (datetime.fromtimestamp(at, timezone.utc) for at in (end - 60, end))
ranged = prom.get_metric_range_data("requests_total", label_config={"job": "b"}, start_time=start_time, end_time=end_time)
print(json.dumps({
    "connected": prom.check_prometheus_connection(),
    "metrics": prom.all_metrics(),
    "jobs": prom.get_label_values("job"),
    "labels": sorted(prom.get_label_names()),
    "now": prom.custom_query("sum(requests_total)", params={"time": end}),
    "range": prom.custom_query_range("requests_total", start_time, end_time, "15s"),
    "stored": [sample["values"] for sample in ranged],
}))
`;

let server: RunningServer;
let folder: string;
let python: string;
const nowSeconds = Math.floor(Date.now() / 15_000) * 15;

beforeAll(async () => {
  python = await pythonWith('prometheus-api', ['prometheus-api-client==0.7.2']);
  folder = mkdtempSync(join(tmpdir(), 'vitrine-api-client-'));
  const flags = { data: join(folder, 'data'), listen: '127.0.0.1:0', 'log.level': 'silent', 'scrape.self': 'false' };
  server = await startServer(readConfig({ flags, env: {}, file: undefined, folder }));
  const series = ['a', 'b'].map((job, factor) => ({
    labels: [
      ['__name__', 'requests_total'],
      ['job', job],
    ] as const,
    samples: [60, 45, 30, 15, 0].map((ago, i) => [i * (factor + 1), (nowSeconds - ago) * 1_000] as const),
  }));
  const answer = await fetch(`${server.url}/api/v1/write`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-protobuf', 'content-encoding': 'snappy' },
    body: Buffer.from(packSnappy(encodeWriteRequest(series))),
  });
  expect(answer.status).toBe(204);
}, 300_000);

afterAll(async () => {
  await server.stop();
  rmSync(folder, { recursive: true, force: true });
});

test('prometheus-api-client reads what was sent', async () => {
  const { stdout } = await promisify(execFile)(python, ['-c', SCRIPT, server.url, String(nowSeconds)]);
  const points = (factor: number) => [60, 45, 30, 15, 0].map((ago, i) => [nowSeconds - ago, String(i * factor)]);
  expect(JSON.parse(stdout)).toEqual({
    connected: true,
    metrics: ['requests_total'],
    jobs: ['a', 'b'],
    labels: ['__name__', 'job'],
    now: [{ metric: {}, value: [nowSeconds, '12'] }],
    range: ['a', 'b'].map((job, factor) => ({
      metric: { __name__: 'requests_total', job },
      values: points(factor + 1),
    })),
    // A range selector is open at its start.
    stored: [points(2).slice(1)],
  });
}, 120_000);
