import type { Frame } from '@vitrine/model/frame.ts';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { builtinValue } from '../variable/builtins.ts';
import { replaceVariables } from '../variable/replace.ts';
import { fieldBuiltin } from './field-builtin.ts';
import type { FieldScope } from './field-builtin.ts';
import { resolveLinks, safeHref } from './links.ts';

const frame: Frame = {
  refId: 'A',
  name: 'requests',
  shape: 'table',
  length: 2,
  fields: [
    { name: 'Time', type: 'time', values: Float64Array.of(1_000, 2_000) },
    { name: 'pod', type: 'string', values: ['web-1', 'a&b=c/d?'] },
    {
      name: 'rate',
      type: 'number',
      values: Float64Array.of(0.5, 2048),
      labels: { job: 'api', 'k8s.io/app': 'x' },
      config: { unit: 'bytes', displayName: 'Rate' },
    },
    { name: 'url', type: 'string', values: ['https://example.com/a?b=1', 'javascript:alert(1)'] },
    { name: 'host', type: 'string', values: ['node-1:9100', 'evil.org/'] },
  ],
};
const at = (field: number, row: number): FieldScope => ({ frame, field, row, frames: [frame], timeZone: 'UTC' });

function replace(text: string, scope: FieldScope): string {
  return replaceVariables(text, {
    timeZone: 'UTC',
    find: (name) => (name === 'env' ? { name, value: 'prod', text: 'Production', multi: false } : undefined),
    builtin: (name, path, format) =>
      fieldBuiltin(name, path, format, scope) ??
      builtinValue({ fromMs: 5, toMs: 9, timeZone: 'UTC', allVariables: () => 'var-env=prod' }, name, path, format),
  });
}

test.each<[string, FieldScope, string]>([
  ['${__value.raw}', at(2, 1), '2048'],
  ['${__value.text}', at(2, 1), '2 KiB'],
  ['${__value.numeric}', at(2, 0), '0.5'],
  ['${__value.time}', at(2, 1), '2000'],
  ['${__value.time:date:YYYY-MM-DD}', at(2, 1), '1970-01-01'],
  ['${__value.calc}', { ...at(2, 0), value: 7, calc: 'max' }, 'max'],
  ['${__value.raw}', { frame, field: 2, value: 7 }, '7'],
  ['$__value', at(1, 0), 'web-1'],
  ['${__field.name}', at(2, 0), 'rate'],
  ['${__field.displayName}', at(2, 0), 'Rate'],
  ['${__field.labels.job}', at(2, 0), 'api'],
  ['${__field.labels["k8s.io/app"]}', at(2, 0), 'x'],
  ['${__field.labels.none}', at(2, 0), ''],
  ['${__field.labels}', at(2, 0), 'job="api", k8s.io/app="x"'],
  ['${__series.name}', at(2, 0), 'requests'],
  ['${__data.fields.pod}', at(2, 0), 'web-1'],
  ['${__data.fields["Rate"].numeric}', at(1, 1), '2048'],
  ['${__data.fields[2].text}', at(1, 1), '2 KiB'],
  ['${__data.fields["none"]}', at(1, 1), ''],
  ['${__data.refId}', at(1, 1), 'A'],
  ['${__value.raw:percentencode}', at(1, 1), 'a%26b%3Dc%2Fd%3F'],
  ['$env and ${env:text}', at(1, 1), 'prod and Production'],
  ['${__value.raw} stays', {}, '${__value.raw} stays'],
  ['${__field.labels.__proto__}', at(2, 0), ''],
])('%s', (text, scope, want) => {
  expect(replace(text, scope)).toBe(want);
});

describe('links', () => {
  test.each<[string, string, number, string | undefined]>([
    ['a path', '/d/pods?var-pod=${__data.fields.pod}', 0, '/d/pods?var-pod=web-1'],
    ['a value adds no parameter', '/d/pods?var-pod=${__data.fields.pod}', 1, '/d/pods?var-pod=a%26b%3Dc%2Fd%3F'],
    ['a value in a path keeps its slashes', 'https://x.org/${__data.fields.pod}/logs', 1, 'https://x.org/a%26b%3Dc/d%3F/logs'],
    ['the range and all variables', '/d/x?${__url_time_range}&${__all_variables}', 0, '/d/x?from=5&to=9&var-env=prod'],
    ['times', '/d/x?from=${__from}&to=$__to', 0, '/d/x?from=5&to=9'],
    ['a whole address from a value', '${__data.fields.url}', 0, 'https://example.com/a?b=1'],
    ['a script from a value', '${__data.fields.url}', 1, undefined],
    ['mail', 'mailto:ops@example.com?subject=${__data.fields.pod}', 1, 'mailto:ops@example.com?subject=a%26b%3Dc%2Fd%3F'],
    ['a host and port', 'http://${__data.fields.host}/metrics', 0, 'http://node-1:9100/metrics'],
    ['a host that would be another', 'https://${__data.fields.host}.example.com/', 1, undefined],
    ['a query alone', '?var-pod=${__data.fields.pod}', 0, '?var-pod=web-1'],
  ])('%s', (_, url, row, href) => {
    expect(resolveLinks([{ title: 'Open ${__data.fields.pod}', url, targetBlank: true }], at(2, row), replace)).toEqual([
      { title: `Open ${row === 0 ? 'web-1' : 'a&b=c/d?'}`, href, targetBlank: true },
    ]);
  });

  test.each([
    'javascript:alert(1)',
    'JaVaScRiPt:alert(1)',
    'java\tscript:alert(1)',
    '\u0001javascript:alert(1)',
    ' javascript:alert(1)',
    'data:text/html,<script>',
    'vbscript:x',
    'blob:https://x/1',
    'file:///etc/passwd',
    '//evil.example',
    '/\\evil.example',
    '\\\\evil.example',
    '/\t/evil.example',
    'http:evil',
    'http://',
    '',
  ])('%j is no address that a page opens', (url) => {
    expect(safeHref(url)).toBeUndefined();
  });

  test.each(['/', '/d/a', 'd/a', '#top', '?a=b', 'https://x.org', 'HTTP://x.org/a b', 'mailto:a@b.c', '/a?b=c:d', './a:b'])(
    '%s is one',
    (url) => {
      expect(safeHref(url)).toBe(url);
    },
  );

  test('whatever a value holds, the link stays on the origin that its author wrote', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 40 }), (value) => {
        const scope: FieldScope = {
          frame: { ...frame, fields: [{ name: 'v', type: 'string', values: [value] }], length: 1 },
          field: 0,
          row: 0,
        };
        const [link] = resolveLinks(
          [{ title: '', url: 'https://x.org/a/${__value.raw}?b=${__value.raw}', targetBlank: false }],
          scope,
          replace,
        );
        const url = new URL(link!.href!);
        expect(url.origin).toBe('https://x.org');
        expect([...url.searchParams.keys()]).toEqual(['b']);
      }),
    );
  });

  test('no more links of one value than a menu can show', () => {
    const links = Array.from({ length: 5_000 }, () => ({ title: 'a', url: '/', targetBlank: false }));
    expect(resolveLinks(links, {}, replace)).toHaveLength(100);
  });
});
