import { expect, test } from 'vitest';
import { formatG, formatPlain } from './format-number.ts';

test.each([
  [0, '0', '0'],
  [-0, '-0', '-0'],
  [1.5, '1.5', '1.5'],
  [-2, '-2', '-2'],
  [100000, '100000', '100000'],
  [1234567.5, '1.2345675e+06', '1234567.5'],
  [1e21, '1e+21', '1000000000000000000000'],
  [1.25e-7, '1.25e-07', '0.000000125'],
  [0.0001, '0.0001', '0.0001'],
  [NaN, 'NaN', 'NaN'],
  [Infinity, '+Inf', '+Inf'],
  [-Infinity, '-Inf', '-Inf'],
])('%d', (value, general, plain) => {
  expect(formatPlain(value)).toBe(plain);
  expect(formatG(value)).toBe(general);
});

test.each([
  [1234, 2, '1.2e+03'],
  [0.0456, 2, '0.046'],
  [5, 2, '5'],
])('%d with %i digits', (value, digits, want) => {
  expect(formatG(value, digits)).toBe(want);
});
