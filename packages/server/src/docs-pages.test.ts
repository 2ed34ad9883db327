import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseDashboard } from '@vitrine/model/parse/dashboard.ts';
import { panelSpecs } from '@vitrine/plugins/panels/specs.ts';
import { expect, test } from 'vitest';
import { testApp } from './testing/test-app.ts';

const DOCS = fileURLToPath(new URL('../../../docs/', import.meta.url));
const IMAGE_LIMIT_BYTES = 200_000;

const read = (page: string): string => readFileSync(`${DOCS}${page}`, 'utf8');
const block = (page: string, language: string): string =>
  new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\``, 'm').exec(read(page))?.[1] ?? '';

test('docs/panels.md has one line for each kind of panel, and no other', () => {
  const [, table = ''] = read('panels.md').split('## All of them');
  const named = [...(table.split('\n## ')[0] ?? '').matchAll(/^\| `([\w-]+)` \|/gm)].map(([, kind]) => kind);
  expect(new Set(named)).toEqual(new Set(panelSpecs.map(({ kind }) => kind)));
});

test('the dashboard of docs/dashboards.md is read as it is meant', () => {
  const dashboard = parseDashboard(JSON.parse(block('dashboards.md', 'json')));
  expect(dashboard).toMatchObject({
    uid: 'gpus',
    refresh: 'live',
    variables: [{ name: 'job', multi: true, includeAll: true }],
    layout: { kind: 'rows', sections: [{ repeat: 'job', layout: { panels: [1] } }] },
  });
});

test('the panel over steps of docs/panels.md is read as it is meant', () => {
  const panel: unknown = JSON.parse(block('panels.md', 'json'));
  const { panels } = parseDashboard({ version: 2, uid: 'a', title: 'A', panels: [panel] });
  expect(panels[0]).toMatchObject({ kind: 'trend', transformations: [{ id: 'joinByField' }], options: { xField: 'step' } });
});

test('the curl of docs/dashboards.md writes down an annotation that can be found', async () => {
  const command = block('dashboards.md', 'bash');
  const body = /-d '([^']+)'/.exec(command)?.[1] ?? '';
  expect(command).toContain('/api/annotations');
  const { app, browser } = await testApp();
  const headers = { ...browser, 'content-type': 'application/json' };
  const written = await app.inject({ method: 'POST', url: '/api/annotations', headers, payload: body });
  expect(written.statusCode).toBe(200);
  const found = await app.inject({ url: '/api/annotations?tags=deploy', headers: browser });
  expect(found.json()).toMatchObject([{ text: 'Deployed v2', tags: ['deploy'] }]);
});

const links = readdirSync(DOCS)
  .filter((page) => page.endsWith('.md'))
  .flatMap((page) => [...read(page).matchAll(/\]\(([\w./-]+)\)/g)].map(([, target = '']): [string, string] => [page, target]));
test.each(links)('%s: %s is there', (_, target) => {
  expect(existsSync(new URL(target, `file://${DOCS}`))).toBe(true);
});

test.each(readdirSync(`${DOCS}images`))('images/%s is small enough to be read on the way', (image) => {
  expect(statSync(`${DOCS}images/${image}`).size).toBeLessThanOrEqual(IMAGE_LIMIT_BYTES);
});
