import { parseArgs } from 'node:util';

import { collectDefaultMetrics, register } from 'prom-client';

import { leave, run, stopSignal, tellParent } from './child.ts';
import { PIXELS } from './digits.ts';
import { InferenceMetrics } from './inference-metrics.ts';
import { listen } from './metrics-endpoint.ts';
import { createPredictServer, predict } from './predict-server.ts';
import { openRequestLog } from './request-log.ts';
import { loadModel } from './saved-model.ts';

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      model: { type: 'string', default: 'model.json' },
      version: { type: 'string', default: '1' },
      port: { type: 'string', default: '0' },
      'logs-to': { type: 'string' },
    },
  });
  const signal = stopSignal();
  const network = await loadModel(values.model);
  // The first prediction compiles the kernels; no caller should wait for that.
  predict(network, { pictures: [new Float32Array(PIXELS)], labels: undefined });

  collectDefaultMetrics({ register });
  const served = { model: 'digits', version: values.version, parameters: network.countParams() };
  const logsTo = values['logs-to'];
  const log = logsTo === undefined ? undefined : openRequestLog(logsTo, (sentence) => process.stderr.write(`${sentence}\n`));
  const server = createPredictServer(network, served, new InferenceMetrics(register, served), register, log);
  const port = await listen(server, Number(values.port));
  signal.addEventListener('abort', () => {
    server.close(() => void (log?.close() ?? Promise.resolve()).then(() => leave(0)));
    server.closeIdleConnections();
  });
  tellParent({ kind: 'listening', port });
}

if (import.meta.main) await run(main);
