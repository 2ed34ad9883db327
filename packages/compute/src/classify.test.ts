import fc from 'fast-check';
import { expect, test } from 'vitest';

import { classificationReport, confusionOf, sharesOf } from './classify.ts';
import type { ClassOrder, Outcome } from './classify.ts';

const pair = (actual: string, predicted: string, count: number): Outcome => ({ actual, predicted, count });

// scikit-learn 1.5: classification_report(y_true=[0,1,2,2,2], y_pred=[0,0,2,2,1], zero_division=np.nan)
const known = [pair('0', '0', 1), pair('1', '0', 1), pair('2', '2', 2), pair('2', '1', 1)];

test('scores are those of scikit-learn', () => {
  const report = classificationReport(confusionOf(known, 'name', 10));
  const rounded = report.classes.map(({ precision, recall, f1, support }) =>
    [precision, recall, f1, support].map((one) => Number(one.toFixed(2))),
  );
  expect(rounded).toEqual([
    [0.5, 1, 0.67, 1],
    [0, 0, 0, 1],
    [1, 0.67, 0.8, 3],
  ]);
  expect(report.accuracy).toBeCloseTo(0.6);
  expect(report.macro.precision).toBeCloseTo(0.5);
  expect(report.macro.recall).toBeCloseTo(0.5556, 4);
  expect(report.macro.f1).toBeCloseTo(0.4889, 4);
  expect(report.weighted.precision).toBeCloseTo(0.7);
  expect(report.weighted.f1).toBeCloseTo(0.6133, 4);
});

test.each<[ClassOrder, string[]]>([
  ['name', ['class 2', 'class 10', 'rare']],
  ['frequency', ['rare', 'class 2', 'class 10']],
  ['given', ['class 10', 'class 2', 'rare']],
])('classes by %s', (order, want) => {
  expect(
    confusionOf([pair('class 10', 'class 2', 1), pair('class 2', 'rare', 2), pair('rare', 'rare', 9)], order, 10).classes,
  ).toEqual(want);
});

test('of too many classes the most frequent stay, and the others are counted', () => {
  expect(confusionOf([pair('a', 'b', 5), pair('b', 'b', 3), pair('c', 'a', 1)], 'name', 2)).toMatchObject({
    classes: ['a', 'b'],
    left: 1,
  });
});

test('what is no count is left out', () => {
  expect([...confusionOf([pair('a', 'a', Number.NaN), pair('a', 'a', -1), pair('a', 'a', 2)], 'name', 9).counts]).toEqual([2]);
});

test('a class that never occurs has no recall, and none that is taken for it has no precision', () => {
  const confusion = confusionOf([pair('a', 'b', 1)], 'name', 9);
  expect(classificationReport(confusion).classes).toMatchObject([
    { name: 'a', recall: 0, precision: Number.NaN, f1: 0 },
    { name: 'b', recall: Number.NaN, precision: 0, f1: 0 },
  ]);
  expect([...sharesOf(confusion, 'row')]).toEqual([0, 1, Number.NaN, Number.NaN]);
});

test('rows, columns and all have shares that add up to one; the diagonal of the rows is recall', () => {
  const outcome = fc.record({
    actual: fc.constantFrom('a', 'b', 'c'),
    predicted: fc.constantFrom('a', 'b', 'c'),
    count: fc.nat(1000),
  });
  fc.assert(
    fc.property(fc.array(outcome, { minLength: 1 }), (outcomes) => {
      const confusion = confusionOf(outcomes, 'name', 9);
      const report = classificationReport(confusion);
      const { length } = confusion.classes;
      const byRow = sharesOf(confusion, 'row');
      for (const [at, score] of report.classes.entries()) expect(byRow[at * length + at]).toEqual(score.recall);
      const total = sharesOf(confusion, 'total').reduce((sum, share) => sum + share, 0);
      if (report.total > 0) expect(total).toBeCloseTo(1);
      else expect(report.accuracy).toBeNaN();
    }),
  );
});
