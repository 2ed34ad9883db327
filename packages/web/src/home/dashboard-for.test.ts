import { expect, test } from 'vitest';
import { dashboardFor } from './dashboard-for.ts';

const summary = (uid: string, tags: string[]) => ({
  uid,
  title: uid,
  tags,
  description: '',
  panelCount: 1,
  builtin: true,
  folder: undefined,
  starred: false,
  updatedMs: 0,
});
const dashboards = [summary('training', []), summary('models', ['inference']), summary('host', ['node'])];

test.each([
  [['training_loss', 'training_accuracy', 'node_load1'], 'training'],
  [['node_load1', 'node_cpu_seconds_total', 'training_loss'], 'host'],
  [['inference_requests_total'], 'models'],
  [['vllm:e2e_request_latency_seconds'], undefined],
  [[], undefined],
])('%j is for %s', (names, want) => expect(dashboardFor(names, dashboards)?.uid).toBe(want));
