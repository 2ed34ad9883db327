import { describe, expect, test } from 'vitest';
import { parseDashboard } from './dashboard.ts';

const minimal = { version: 1, uid: 'training', title: 'Training', panels: [] };
const panel = { id: 1, kind: 'timeseries', grid: { x: 0, y: 0, w: 12, h: 8 } };

describe('a dashboard document', () => {
  test('gets its defaults', () => {
    expect(parseDashboard(minimal)).toEqual({
      ...minimal,
      description: '',
      tags: [],
      x: 'time',
      range: { from: 'now-1h', to: 'now' },
      refresh: 'live',
    });
  });

  test('fills in a panel', () => {
    const [parsed] = parseDashboard({
      ...minimal,
      panels: [{ ...panel, queries: [{ refId: 'A', spec: { expr: 'up' } }] }],
    }).panels;
    expect(parsed).toMatchObject({
      title: '',
      options: {},
      queries: [{ refId: 'A', source: 'builtin', hidden: false, spec: { expr: 'up' } }],
    });
  });

  test('reads thresholds from the lowest upward, the first open below', () => {
    const thresholds = [{ status: 'healthy' }, { value: 0.8, status: 'critical' }];
    const [parsed] = parseDashboard({ ...minimal, panels: [{ ...panel, field: { thresholds } }] }).panels;
    expect(parsed?.field.thresholds).toEqual([
      { value: Number.NEGATIVE_INFINITY, status: 'healthy' },
      { value: 0.8, status: 'critical' },
    ]);
  });

  test.each<[string, unknown, string]>([
    ['no object', [], 'document: expected an object'],
    ['an unknown version', { ...minimal, version: 7 }, 'version: expected 1'],
    ['a uid with spaces', { ...minimal, uid: 'a b' }, 'uid: expected 1 to 64'],
    ['a title that is no text', { ...minimal, title: 3 }, 'title: expected text, found 3'],
    ['a key with a typing error', { ...minimal, titel: '' }, 'titel: is not known here'],
    ['a refresh of five', { ...minimal, refresh: 'five' }, 'refresh: expected "off"'],
    ['panels that are no list', { ...minimal, panels: {} }, 'panels: expected a list'],
    [
      'a panel wider than the grid',
      { ...minimal, panels: [{ ...panel, grid: { x: 20, y: 0, w: 8, h: 1 } }] },
      'panels[0].grid.w: expected a whole number from 1 to 4',
    ],
    ['two panels of one id', { ...minimal, panels: [panel, panel] }, 'panels[1].id: 1 stands on another panel'],
    [
      'thresholds that fall',
      {
        ...minimal,
        panels: [
          {
            ...panel,
            field: {
              thresholds: [
                { value: 2, status: 'healthy' },
                { value: 1, status: 'critical' },
              ],
            },
          },
        ],
      },
      'panels[0].field.thresholds[1].value: 1 is not above',
    ],
  ])('refuses %s and names the field', (_, input, message) => {
    expect(() => parseDashboard(input)).toThrow(message);
  });
});
