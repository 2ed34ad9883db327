// @vitest-environment happy-dom
import { expect, test } from 'vitest';

import { readSafeHtml } from './safe-html.ts';
import type { SafeNode } from './safe-html.ts';

const read = (html: string) => readSafeHtml(html, (text) => new DOMParser().parseFromString(text, 'text/html').body);

function write(node: SafeNode): string {
  if (typeof node === 'string') return node;
  const { tag, attributes, style, children } = node;
  const parts = [...Object.entries(attributes), ...Object.entries(style).map(([name, value]) => [`.${name}`, value])];
  return `<${[tag, ...parts.map(([name, value]) => `${name}=${value}`)].join(' ')}>${children.map(write).join('')}</${tag}>`;
}

test.each([
  ['<h1 onclick="alert(1)">Hi</h1>', '<h1>Hi</h1>'],
  ['<script>alert(1)</script>a<style>b{}</style>', 'a'],
  ['<iframe srcdoc="x"></iframe><svg onload=alert(1)><p>x</p></svg>', ''],
  ['<a href="javascript:alert(1)">x</a>', '<span>x</span>'],
  ['<a href="java\tscript:alert(1)">x</a>', '<span>x</span>'],
  ['<a href="/d/abc">x</a>', '<a href=/d/abc rel=noopener noreferrer nofollow>x</a>'],
  ['<img src=x onerror=alert(1)>', '<a href=x rel=noopener noreferrer nofollow target=_blank>image</a>'],
  ['<img src="javascript:alert(1)" alt="no">', 'no'],
  ['<p style="color: red; position: fixed; background: url(https://e.example)">x</p>', '<p .color=red>x</p>'],
  ['<center><font color="#ff0000">x</font></center>', '<div .textAlign=center><span .color=#ff0000>x</span></div>'],
  ['<form><input value=1></form><blink>b</blink>', 'b'],
  ['<td colspan="99999999">x', 'x'],
])('%s is shown as %s', (html, want) => {
  expect(read(html).map(write).join('')).toBe(want);
});

test('what is nested too deep ends, and what is too long too', () => {
  expect(() => read('<div>'.repeat(5_000) + 'x')).not.toThrow();
  expect(read('<b>x</b>'.repeat(30_000)).length).toBeLessThanOrEqual(20_000);
});
