import type { Frame } from '@vitrine/model/frame.ts';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { fieldMatcher } from '../matcher.ts';
import { REDUCERS } from '../reducers.ts';
import { applyTransformations } from './apply.ts';
import { columnOf, tableOf } from './column.ts';
import { displayNamesThere, matchThere, plain, plainCell, reduceThere, transformThere, type Plain } from './grafana-peer.ts';
import { full, maybe, PEER_CASES, RUNS, SEED, table, withOwnNames } from './peer-cases.ts';

const context = { timeZone: 'UTC', replace: (text: string) => text };

function transformHere(id: string, options: object, frames: readonly Frame[]): Plain[] {
  const { frames: made, notices } = applyTransformations(
    frames,
    [{ id, options: options as Readonly<Record<string, unknown>>, disabled: false, filter: undefined, topic: '' }],
    context,
  );
  expect(notices.filter(({ level }) => level === 'error')).toEqual([]);
  return plain(made);
}

describe('transformations do what Grafana’s do', () => {
  test.each(PEER_CASES.map((one, index) => [`${index} ${one.id} ${JSON.stringify(one.options).slice(0, 100)}`, one] as const))(
    '%s',
    async (_, { id, options, frames, but = [] }) => {
      const strip = (list: Plain[]) =>
        list.map(({ refId, fields }) => ({
          refId: but.includes('refId') ? '' : refId,
          fields: fields.map((field) => ({ ...field, labels: but.includes('labels') ? {} : field.labels })),
        }));
      await fc.assert(
        fc.asyncProperty(frames, async (given) => {
          const wanted = await transformThere(id, options, given);
          expect(strip(transformHere(id, options, given))).toEqual(strip(wanted));
        }),
        { seed: SEED, numRuns: RUNS },
      );
    },
  );

  test('fields go by the same names', () => {
    const labels = fc.dictionary(fc.constantFrom('pod', 'zone', '__name__'), fc.constantFrom('x', 'y'), { maxKeys: 2 });
    const config = fc.record(
      { displayName: fc.constantFrom('D', ''), displayNameFromSource: fc.constantFrom('Legend') },
      { requiredKeys: [] },
    );
    const field = fc
      .record({ name: fc.constantFrom('Value', 'v', 'w'), labels: fc.option(labels, { nil: undefined }), config })
      .map((header) =>
        columnOf({ ...header, ...(header.labels === undefined ? {} : { labels: header.labels }) } as never, [1], 'number'),
      );
    const frame = fc
      .tuple(fc.option(fc.constantFrom('f', 'g'), { nil: undefined }), fc.array(field, { minLength: 1, maxLength: 3 }))
      .map(([name, fields]) => tableOf('A', [columnOf({ name: 'Time' }, [1], 'time'), ...fields], name));
    fc.assert(
      fc.property(fc.array(frame, { minLength: 1, maxLength: 3 }), (frames) => {
        expect(plain(frames).map(({ fields }) => fields.map(({ name }) => name))).toEqual(displayNamesThere(frames));
      }),
      { seed: SEED, numRuns: 500 },
    );
  });

  test.each([...REDUCERS.keys()])('%s makes the same of a column', (id) => {
    // What theirs makes of no values differs from what it means: 0, NaN, 1.8e308.
    const some = fc
      .array(maybe(fc.integer({ min: 1, max: 9 })), { minLength: 2, maxLength: 9 })
      .filter((list) => list.filter((one) => one !== undefined).length > 1);
    fc.assert(
      fc.property(some, (cells) => {
        const field = columnOf({ name: 'x' }, cells, 'number');
        expect(plainCell(REDUCERS.get(id)!.reduce(field))).toEqual(reduceThere(field, id));
      }),
      { seed: SEED, numRuns: RUNS },
    );
  });

  test.each([
    ['byName', 'k'],
    ['byName', 'Double u'],
    ['byRegexp', '/^[kD]/'],
    ['byRegexp', '.*u'],
    ['byNames', { names: ['k', 'w'] }],
    ['byNames', { mode: 'exclude', names: ['k', 'Double u'] }],
    ['byRegexpOrNames', { pattern: '/k/', names: ['v #A'] }],
    ['byType', 'string'],
    ['numeric', undefined],
    ['time', undefined],
    ['first', undefined],
    ['firstTimeField', undefined],
    ['byFrameRefID', 'B'],
    ['byValue', { reducer: 'max', op: 'gte', value: 2 }],
    ['byValue', { reducer: 'count', op: 'lt', value: 3 }],
  ])('%s %j finds the same fields', (id, options) => {
    fc.assert(
      fc.property(fc.tuple(table('A', full, 1), table('B', full, 1)), (pair) => {
        const frames = pair.map(withOwnNames);
        const matches = fieldMatcher(id, options);
        const found = frames.map((frame) => frame.fields.map((field) => matches(field, frame, frames)));
        const wanted = matchThere(id, options, frames);
        // Theirs compares what a text reduces to, which is nothing.
        const compared = (list: boolean[][]) =>
          id === 'byValue' ? list.map((row) => row.filter((_, index) => ![1, 2].includes(index))) : list;
        expect(compared(found)).toEqual(compared(wanted));
      }),
      { seed: SEED, numRuns: RUNS },
    );
  });
});
