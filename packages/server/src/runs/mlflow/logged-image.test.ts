import { expect, test } from 'vitest';
import { loggedImage } from './logged-image.ts';

const UUID = '8c3b2f6e-7a55-4c1b-9d7e-0f4f7f1c2a33';

test.each([
  [`images/dogs+step+3+timestamp+1700000000000+${UUID}.png`, { tag: 'dogs', step: 3, timeMs: 1_700_000_000_000 }],
  [`images/dogs%step%3%timestamp%1700000000000%${UUID}.png`, { tag: 'dogs', step: 3, timeMs: 1_700_000_000_000 }],
  [`images/val~big dog.1+step+-1+timestamp+5+${UUID}.png`, { tag: 'val/big dog.1', step: -1, timeMs: 5 }],
  [`images/val#dog%step%0%timestamp%5%${UUID}.png`, { tag: 'val/dog', step: 0, timeMs: 5 }],
])('%s is an image of a step', (path, image) => {
  expect(loggedImage(path)).toEqual(image);
});

test.each([
  `images/dogs+step+3+timestamp+1700000000000+${UUID}+compressed.webp`,
  `images/dogs+step+9007199254740993+timestamp+5+${UUID}.png`,
  `images/dogs+step+3+timestamp+99999999999999999+${UUID}.png`,
  `images/+step+3+timestamp+5+${UUID}.png`,
  `more/images/dogs+step+3+timestamp+5+${UUID}.png`,
  `images/dogs+step+3%timestamp+5+${UUID}.png`,
  'images/dogs.png',
  'black.png',
])('%s is a file and no more', (path) => {
  expect(loggedImage(path)).toBeUndefined();
});
