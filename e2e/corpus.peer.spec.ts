// A dozen real dashboards, of all ages and most kinds of panels, on made-up data. `npm run corpus:dashboards -- --browser` has all.
import { expect, test } from '@playwright/test';
import { isBad } from './corpus-report.ts';
import { type CorpusRun, startCorpusRun } from './corpus-run.ts';
import { CORPUS_DASHBOARDS, NO_CORPUS } from './corpus.ts';

/** Each with something that the others do not have. */
const CHOSEN = [
  'volcano-sh__volcano__volcano-global-overview-dashboard.json',
  'langwatch__langwatch__langwatch-dashboard.json',
  'open-telemetry__opentelemetry-demo__exemplars-dashboard.json',
  'blackfuel-ai__vllm__query_statistics.json',
  'utkuozdemir__nvidia_gpu_exporter__nvidia-gpu-overview.json',
  'trustyai-explainability__trustyai-explainability__dashboard.json',
  'weaviate__weaviate__dynamic.json',
  'triton-inference-server__server__dashboard.json',
  'PsycheFoundation__psyche__Network_Health_beztnxt.json',
  'prometheus-operator__kube-prometheus__example-grafana-dashboard.json',
  'weaviate__weaviate__schema.json',
  'weaviate__weaviate__usage.json',
];

let run: CorpusRun;

test.describe.configure({ mode: 'serial' });
test.skip(CORPUS_DASHBOARDS === undefined, NO_CORPUS);

test.beforeAll(async ({ browser }) => {
  run = await startCorpusRun(browser, CORPUS_DASHBOARDS as string, CHOSEN);
});

test.afterAll(async () => {
  await run?.end();
});

for (const file of CHOSEN) {
  test(`${file}: every panel is drawn or says that there is nothing`, async () => {
    const { panels, pageErrors } = await run.judge(file);
    expect(pageErrors).toEqual([]);
    expect(panels.filter(({ state }) => state === 'ready')).not.toEqual([]);
    expect(
      panels.filter((panel) => panel.isSupported && isBad(panel)).map(({ title, state, alert }) => `${title}: ${state} ${alert}`),
    ).toEqual([]);
  });
}
