import fc from 'fast-check';
import { expect, test } from 'vitest';
import { boundaryOf, readForm } from './multipart.ts';

async function* inPieces(text: string, size: number): AsyncGenerator<Uint8Array> {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function read(text: string, size = 1_000): Promise<readonly [Record<string, string>, string]> {
  const { fields, file } = await readForm(inPieces(text, size), 'B');
  const pieces: Uint8Array[] = [];
  for await (const piece of file) pieces.push(piece);
  return [Object.fromEntries(fields), Buffer.concat(pieces).toString()];
}

const part = (name: string, content: string): string =>
  `--B\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${content}\r\n`;

test('a form is read up to the end of its file, in whatever pieces it comes', async () => {
  await fc.assert(
    fc.asyncProperty(fc.string({ maxLength: 50 }), fc.integer({ min: 1, max: 40 }), async (content, size) => {
      // What looks like the boundary's start is the file's.
      const file = `${content}\r\n--\r\n-B`;
      const form = `${part('mapping', '{}')}${part('file', file)}--B--\r\n`;
      expect(await read(form, size)).toEqual([{ mapping: '{}' }, file]);
    }),
  );
});

test.each([
  ['', 'form: ends within the first boundary'],
  ['--B\r\n', 'form: ends within the head of a part'],
  [part('mapping', 'x'.repeat(1_100_000)), 'form: the part "mapping" is longer than 1048576 bytes, which is the limit'],
  [`--B\r\n${'x'.repeat(20_000)}`, 'form: the head of a part is longer than 16384 bytes, which is the limit'],
  [`${part('mapping', '{}')}--B--\r\n`, 'file: is missing: send it as the part "file" of the form'],
  [part('file', 'a,b').slice(0, -2), 'file: is cut off: the form ends before the file does'],
  [`${part('a', '').repeat(11)}${part('file', '')}--B--`, 'form: has more than 10 parts before "file"'],
])('what is no such form is refused (%#)', async (form, sentence) => {
  await expect(read(form)).rejects.toThrow(sentence);
});

test.each([
  ['multipart/form-data; boundary=abc', 'abc'],
  ['multipart/form-data; charset=utf-8; boundary="a b"', 'a b'],
  ['multipart/form-data', undefined],
  ['application/json; boundary=abc', undefined],
  [`multipart/form-data; boundary=${'x'.repeat(71)}`, undefined],
])('%j has the boundary %j', (type, want) => {
  expect(boundaryOf(type)).toBe(want);
});
