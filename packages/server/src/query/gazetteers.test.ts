import { GAZETTEERS } from '@vitrine/compute/transform/gazetteer.ts';
import { expect, test } from 'vitest';

import { gazetteer } from './gazetteers.ts';

test.each([
  ['countries', 'DE', 'DE', 'Germany'],
  ['countries', 'jpn', 'JP', 'Japan'],
  ['countries', 'South Korea', 'KR', 'Republic of Korea'],
  ['countries', ' Türkiye ', undefined, undefined],
  ['countries', 'Bonaire, Sint Eustatius and Saba', 'BQ', 'Bonaire, Sint Eustatius and Saba'],
  ['usa-states', 'ak', 'AK', 'Alaska'],
  ['usa-states', 'Arizona', 'AZ', 'Arizona'],
  ['airports', 'SFO', 'SFO', 'San Francisco International Airport'],
  ['airports', 'EGLL', 'LHR', 'London Heathrow Airport'],
  ['airports', '', undefined, undefined],
  ['airports', '#', undefined, undefined],
] as const)('%s: "%s" is %s, %s', (id, key, want, name) => {
  expect(gazetteer(id).find(key)?.id).toBe(want);
  expect(gazetteer(id).find(key)?.name).toBe(name);
});

test.each([
  ['countries', 'France', 46.7, 2.6],
  ['usa-states', 'Texas', 31.4, -99.3],
  ['airports', 'HND', 35.6, 139.8],
] as const)('%s: %s lies near %f, %f', (id, key, lat, lng) => {
  const place = gazetteer(id).find(key)!;
  expect(Math.hypot(place.lat - lat, place.lng - lng)).toBeLessThan(0.5);
});

test.each(GAZETTEERS)('%s is read once', (id) => {
  expect(gazetteer(id)).toBe(gazetteer(id));
});
