import { TRANSFORMATIONS } from '@vitrine/compute/transform/transformations.ts';
import { importDashboards } from '@vitrine/model/grafana/import-dashboard.ts';
import { panelSpecs } from '@vitrine/plugins/panels/specs.ts';
import { expect, test } from 'vitest';

function unsupported(panel: object): string[] {
  const text = JSON.stringify({
    title: 'T',
    uid: 't',
    panels: [{ id: 1, gridPos: { x: 0, y: 0, w: 1, h: 1 }, type: 'text', ...panel }],
  });
  const [imported] = importDashboards(text);
  return imported!.report.findings.filter(({ level }) => level === 'unsupported').map(({ text: sentence }) => sentence);
}

test.each([...panelSpecs.values()].map(({ kind }) => kind))('an import knows that %s is drawn', (kind) => {
  expect(unsupported({ type: kind })).toEqual([]);
});

test.each(TRANSFORMATIONS.map(({ id }) => id))('an import knows that %s is computed', (id) => {
  expect(unsupported({ transformations: [{ id }] })).toEqual([]);
});
