import { expect, test } from 'vitest';
import { rejectionText } from './rejection-text.ts';

const AT = 1_600_000_000_250;

test.each<[Parameters<typeof rejectionText>[0], string]>([
  [
    { reason: 'too old', timestampMs: AT },
    'too old (2020-09-13T12:26:40.250Z is longer ago than samples are kept; raise retention.time first)',
  ],
  [
    { reason: 'too far in the future', timestampMs: 9e18 },
    'too far in the future (9000000000000000000 ms is more than ten minutes ahead of this server’s clock)',
  ],
  [{ reason: 'duplicate', timestampMs: AT }, 'duplicate (the series has another value at 2020-09-13T12:26:40.250Z already)'],
  [{ reason: 'series limit', timestampMs: AT, detail: '5 series, limit 5' }, 'series limit (5 series, limit 5)'],
  [{ reason: 'labels over 16,000 characters', timestampMs: AT }, 'labels over 16,000 characters'],
])('%j is told with what it is about', (rejection, text) => {
  expect(rejectionText(rejection)).toBe(text);
});
