import { expect, test } from 'vitest';

import { autoOrientation } from './bar-gauge.tsx';

test.each([
  [3, 600, 300, 'vertical'],
  [3, 300, 600, 'horizontal'],
  [8, 600, 300, 'vertical'],
  [40, 600, 300, 'horizontal'],
] as const)('%i bars in %i × %i pixels: %s', (count, width, height, want) => {
  expect(autoOrientation(count, width, height)).toBe(want);
});
