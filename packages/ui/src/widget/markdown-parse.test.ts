import fc from 'fast-check';
import { expect, test } from 'vitest';

import { parseInline, parseMarkdown, safeHref } from './markdown-parse.ts';

const kinds = (source: string) => parseMarkdown(source).map(({ kind }) => kind);

test.each([
  ['# One\ntext', ['heading', 'paragraph']],
  ['- a\n- b\n\nafter', ['list', 'paragraph']],
  ['1. a\n2. b', ['list']],
  ['```\n# no heading\n```', ['code']],
  ['```\nnever closed', ['code']],
  ['> quoted\n> on', ['quote']],
  ['---', ['rule']],
  ['| a | b |\n|---|:-:|\n| 1 | 2 |', ['table']],
  ['a | b\nno divider', ['paragraph']],
  ['#nothing', ['paragraph']],
  ['', []],
])('%j is %j', (source, want) => {
  expect(kinds(source)).toEqual(want);
});

test('lists hold lists', () => {
  expect(parseMarkdown('- a\n  1. x\n  2. y\n- b')).toMatchObject([
    { kind: 'list', ordered: false, items: [[{ kind: 'paragraph' }, { kind: 'list', ordered: true, items: [{}, {}] }], [{}]] },
  ]);
});

test.each([
  ['**bold** and *soft*', ['strong', 'text', 'emphasis']],
  ['`a * b * c`', ['code']],
  ['2 * 3 * 4', ['text']],
  ['snake_case_name', ['text']],
  ['**open', ['text']],
  ['[a](https://x.y) b', ['link', 'text']],
  ['[a](javascript:alert(1))', ['text']],
  ['see https://x.y/z.', ['text', 'link', 'text']],
  ['<b>html</b>', ['text']],
  ['\\*plain\\*', ['text']],
])('%j holds %j', (source, want) => {
  expect(parseInline(source).map(({ kind }) => kind)).toEqual(want);
});

test.each([
  ['https://a.b/c', 'https://a.b/c'],
  ['mailto:a@b.c', 'mailto:a@b.c'],
  ['/d/training?x=1', '/d/training?x=1'],
  ['#below', '#below'],
  ['javascript:alert(1)', undefined],
  ['JaVa\tscript:alert(1)', undefined],
  ['\u0001javascript:alert(1)', undefined],
  ['data:text/html,x', undefined],
  ['vbscript:x', undefined],
  ['//evil.example', undefined],
  ['/\\evil.example', undefined],
  ['', undefined],
])('a link to %j leads to %j', (href, want) => {
  expect(safeHref(href)).toBe(want);
});

test('any text parses, and none of its letters is lost in plain words', () => {
  fc.assert(fc.property(fc.string({ maxLength: 300 }), (source) => void parseMarkdown(source)));
  fc.assert(
    fc.property(fc.stringMatching(/^[*_`[\]()#>|\- \n]{0,200}$/), (source) => {
      parseMarkdown(source);
    }),
  );
});

test.each(['*', '_', '`', '[', '[](', '**a', '> ', '- ', '|', '*_', '\n- '])('a long run of %j ends', (piece) => {
  parseMarkdown(piece.repeat(20_000 / piece.length));
});

test.each(['a<br>b', 'a<br/>b', 'a <BR /> b', 'a<br>\nb'])('%j has a new line, and no tag to be read', (source) => {
  expect(parseMarkdown(source)).toMatchObject([
    { children: [{ text: expect.stringMatching(/^a ?$/) }, { kind: 'break' }, { text: expect.stringMatching(/^ ?b$/) }] },
  ]);
});
