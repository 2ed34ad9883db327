import { readFileSync } from 'node:fs';
import { applyFieldConfig } from '@vitrine/compute/field/apply-field-config.ts';
import { displayOf, displayText } from '@vitrine/compute/field/display.ts';
import { fieldBuiltin } from '@vitrine/compute/field/field-builtin.ts';
import { fieldNames } from '@vitrine/compute/field/field-names.ts';
import { replaceVariables } from '@vitrine/compute/variable/replace.ts';
import type { PanelFieldConfig } from '@vitrine/model/field-config.ts';
import type { Field, Frame } from '@vitrine/model/frame.ts';
import { expect, test } from 'vitest';

const page = readFileSync(new URL('../../../docs/field-config.md', import.meta.url), 'utf8');
const example = JSON.parse(/```json\n([\s\S]*?)```/.exec(page)?.[1] ?? '', (key, value: unknown) =>
  key === 'value' && value === null ? Number.NEGATIVE_INFINITY : value,
) as PanelFieldConfig;
const rows = [...page.matchAll(/^\| (web\S+) \| (\S+) \| (\S*) \| (.+) \| (.+) \| (\S+) \|$/gm)].map((match) => match.slice(1));

test.each(rows)('docs/field-config.md: %s of %s at "%s" reads %s: %s', (name, model, value, wantName, wantText, wantColor) => {
  const values = Float64Array.of(Number(value));
  const field: Field = { name: name, type: 'number', labels: { model: model }, values };
  const frame: Frame = { refId: 'A', shape: 'series', length: 1, fields: [field] };
  const frames = applyFieldConfig([frame], example, {
    replace: (text, scope) =>
      replaceVariables(text, {
        timeZone: 'UTC',
        find: () => undefined,
        builtin: (builtin, path, format) => fieldBuiltin(builtin, path, format, scope),
      }),
  });
  const shown = displayOf(frames[0]!.fields[0]!)(value === '' ? undefined : values[0]);
  expect([fieldNames(frames)[0]![0], displayText(shown), shown.color]).toEqual([wantName, wantText, wantColor]);
});

test('the example has rows to check', () => {
  expect(rows).toHaveLength(5);
});
