import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { applyFieldConfig } from '@vitrine/compute/field/apply-field-config.ts';
import { cellValue, displayOf, displayText } from '@vitrine/compute/field/display.ts';
import { resolveLinks } from '@vitrine/compute/field/links.ts';
import { importDashboards } from '@vitrine/model/grafana/import-dashboard.ts';
import type { Frame } from '@vitrine/model/frame.ts';
import { describe, expect, test } from 'vitest';
import { corpusFolder } from './testing/corpus-folder.ts';

const folder = corpusFolder('dashboards');
const files = folder === undefined ? [] : readdirSync(folder).filter((name) => name.endsWith('.json'));

const frame: Frame = {
  refId: 'A',
  shape: 'table',
  length: 4,
  fields: [
    { name: 'Time', type: 'time', values: Float64Array.of(1, 2, 3, 4) },
    {
      name: 'Value',
      type: 'number',
      labels: { pod: 'a' },
      values: Float64Array.of(0, 1, 50.123_456, Number.NaN),
      present: Uint8Array.of(1, 1, 1, 0),
    },
    { name: 'state', type: 'string', values: ['up', 'down', '', '1'] },
  ],
};

describe.skipIf(folder === undefined)('the field settings of real dashboards', () => {
  test('are all there', () => expect(files).toHaveLength(275));

  test.each(files)('%s: every override is read, every value reads as something, every link leads somewhere safe', (file) => {
    const panels = importDashboards(readFileSync(join(folder as string, file), 'utf8')).flatMap(
      ({ dashboard }) => dashboard.panels,
    );
    const problems: string[] = [];
    for (const { fieldConfig, links } of panels) {
      const [complete] = applyFieldConfig([frame], fieldConfig, {
        replace: (text) => text,
        onProblem: (text) => problems.push(text),
      });
      for (const field of complete!.fields) {
        const display = displayOf(field, { timeZone: 'UTC' });
        for (let row = 0; row < frame.length; row++) {
          const text = displayText(display(cellValue(field, row)));
          if (/undefined|\[object/.test(text) || text.length > 60) problems.push(text);
        }
      }
      for (const { title, href } of resolveLinks([...links, ...(fieldConfig.defaults.links ?? [])], {}, (text) => text)) {
        if (href === undefined) problems.push(title);
      }
    }
    expect(problems).toEqual([]);
  });
});
