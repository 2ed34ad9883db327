import { extname } from 'node:path';
import { expect, test } from 'vitest';
import { checkText } from './check-text.ts';

test.each<[string, string, RegExp | undefined]>([
  ['a.yaml', 'listen: 127.0.0.1:1\n', undefined],
  ['a.yaml', 'listen: 127.0.0.1:1\nlog:\n  level: loud\n', /a\.yaml:3: log\.level: "loud" is not one of/],
  ['prometheus.yml', 'scrape_configs:\n  - job_name: a\n    static_configs: [{targets: ["h:1"]}]\n', undefined],
  ['prometheus.yml', 'scrape_configs:\n  - job_nam: a\n', /prometheus\.yml:2: /],
  ['both.yaml', 'listen: :1\nscrape_configs:\n  - job_name: a\n', undefined],
  ['d.json', '{"version":1,"uid":"a","title":"A","panels":[]}', undefined],
  ['d.json', '{"version":1,\n"uid":"a b","title":"A","panels":[]}', /d\.json:2: uid: expected 1 to 64/],
  ['d.json', '{"version":1,\n', /d\.json:\d/],
  [
    'd.json',
    '{"version":1,"uid":"a","title":"A","panels":[{"id":1,"kind":"stat","grid":{"x":0,"y":0,"w":1,"h":1},\n"queries":[{"refId":"A","spec":{\n"expr":"sum("}}]}]}',
    /d\.json:3: panels\[0\]\.queries\[0\]\.spec\.expr: 1:5: parse error: unclosed left parenthesis/,
  ],
  ['m.prom', 'a 1\nb{c="d"} 2\n', undefined],
  ['m.prom', 'a 1\nb{c="d} 2\n', /m\.prom:2: /],
  ['m.om', 'a 1\n', /m\.om:\d+: /],
  ['m.bin', 'x', /what it is cannot be told from "\.bin"/],
])('%s: %j', (name, text, want) => {
  const check = () => checkText(name, extname(name), Buffer.from(text));
  if (want === undefined) expect(check()).toEqual([]);
  else expect(check).toThrow(want);
});

test('a dashboard of Grafana is right where it can be imported', () => {
  const graph = {
    title: 'GPUs',
    uid: 'gpus',
    schemaVersion: 27,
    panels: [{ id: 1, type: 'graph', gridPos: { x: 0, y: 0, w: 1, h: 1 } }],
  };
  expect(checkText('gpus.json', '.json', Buffer.from(JSON.stringify(graph)))).toEqual([
    'gpus.json: an import takes "GPUs" from Grafana v1, schema 27. "vitrine check dashboard gpus.json" names what it changes (1).',
  ]);
});
