import { expect, test } from 'vitest';
import { readSignInSecret } from './read-sign-in-secret.ts';

const secret = '8JzcLRgyTyWvsSsBrDHUXG5JRgGgHhQn6epvBi2rl2Y';

test.each([
  `http://127.0.0.1:9470/sign-in?token=${secret}`,
  `  <https://vitrine.example/sign-in?token=${secret}>\n`,
  `/sign-in?token=${secret}`,
  `token=${secret}`,
  secret,
])('reads "%s"', (text) => expect(readSignInSecret(text)).toBe(secret));

test.each([
  ['http://127.0.0.1:9470/', /no token in it/],
  ['', /no token in it/],
  ['vitrine_abcdefgh', /token for programs/],
  ['hello there', /neither a sign-in link nor the token/],
])('refuses "%s"', (text, sentence) => {
  expect(() => readSignInSecret(text)).toThrow(/^link: /);
  expect(() => readSignInSecret(text)).toThrow(sentence);
});
