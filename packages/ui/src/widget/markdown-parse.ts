/**
 * The part of Markdown that notes beside charts use: headings, paragraphs, lists, quotes, tables, rules, code, links, bold, italic.
 * It becomes a tree and the tree becomes elements: HTML in the text stays text, so there is nothing to sanitise.
 */
export type Inline =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'code'; readonly text: string }
  | { readonly kind: 'strong' | 'emphasis'; readonly children: readonly Inline[] }
  | { readonly kind: 'link'; readonly href: string; readonly children: readonly Inline[] }
  | { readonly kind: 'break' };

export type Block =
  | { readonly kind: 'heading'; readonly level: number; readonly children: readonly Inline[] }
  | { readonly kind: 'paragraph'; readonly children: readonly Inline[] }
  | { readonly kind: 'code'; readonly text: string }
  | { readonly kind: 'quote'; readonly children: readonly Block[] }
  | { readonly kind: 'list'; readonly ordered: boolean; readonly start: number; readonly items: readonly (readonly Block[])[] }
  | {
      readonly kind: 'table';
      readonly head: readonly (readonly Inline[])[];
      readonly rows: readonly (readonly (readonly Inline[])[])[];
    }
  | { readonly kind: 'rule' };

/** Quotes and lists in each other, and emphasis in emphasis, only so deep: the rest stays text. */
const DEEPEST = 8;

const FENCE = /^ {0,3}(`{3,}|~{3,})/;
const HEADING = /^ {0,3}(#{1,6})(?:[ \t]+(.*))?$/;
const RULE = /^ {0,3}(?:-[ \t]*){3,}$|^ {0,3}(?:\*[ \t]*){3,}$|^ {0,3}(?:_[ \t]*){3,}$/;
const QUOTE = /^ {0,3}> ?/;
const ITEM = /^( {0,3})([-*+]|\d{1,9}[.)])([ \t]+|$)/;
const DIVIDER = /^ {0,3}\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*)*\|?[ \t]*$/;

export function parseMarkdown(source: string): readonly Block[] {
  return parseBlocks(source.replaceAll(/\r\n?/g, '\n').split('\n'), 0);
}

function parseBlocks(lines: readonly string[], depth: number): Block[] {
  const blocks: Block[] = [];
  let at = 0;
  while (at < lines.length) {
    const line = lines[at]!;
    if (line.trim() === '') {
      at++;
      continue;
    }
    const fence = FENCE.exec(line)?.[1];
    if (fence !== undefined) {
      let end = at + 1;
      while (end < lines.length && !lines[end]!.trimStart().startsWith(fence)) end++;
      blocks.push({ kind: 'code', text: lines.slice(at + 1, end).join('\n') });
      at = end + 1;
      continue;
    }
    const heading = HEADING.exec(line);
    if (heading !== null) {
      blocks.push({ kind: 'heading', level: heading[1]!.length, children: parseInline((heading[2] ?? '').trim()) });
      at++;
      continue;
    }
    if (RULE.test(line)) {
      blocks.push({ kind: 'rule' });
      at++;
      continue;
    }
    if (QUOTE.test(line) && depth < DEEPEST) {
      let end = at;
      while (end < lines.length && QUOTE.test(lines[end]!)) end++;
      const inner = lines.slice(at, end).map((one) => one.replace(QUOTE, ''));
      blocks.push({ kind: 'quote', children: parseBlocks(inner, depth + 1) });
      at = end;
      continue;
    }
    if (ITEM.test(line) && depth < DEEPEST) {
      const list = parseList(lines, at, depth);
      blocks.push(list.block);
      at = list.end;
      continue;
    }
    if (line.includes('|') && at + 1 < lines.length && lines[at + 1]!.includes('-') && DIVIDER.test(lines[at + 1]!)) {
      let end = at + 2;
      while (end < lines.length && lines[end]!.trim() !== '' && lines[end]!.includes('|')) end++;
      const head = tableCells(line);
      const rows = lines.slice(at + 2, end).map((row) => head.map((_, column) => tableCells(row)[column] ?? []));
      blocks.push({ kind: 'table', head, rows });
      at = end;
      continue;
    }
    let end = at + 1;
    while (end < lines.length && !startsBlock(lines[end]!)) end++;
    blocks.push({ kind: 'paragraph', children: parseInline(lines.slice(at, end).join('\n').trim()) });
    at = end;
  }
  return blocks;
}

function startsBlock(line: string): boolean {
  return line.trim() === '' || FENCE.test(line) || HEADING.test(line) || RULE.test(line) || QUOTE.test(line) || ITEM.test(line);
}

function parseList(lines: readonly string[], from: number, depth: number): { block: Block; end: number } {
  const first = ITEM.exec(lines[from]!)!;
  const ordered = /\d/.test(first[2]!);
  const items: Block[][] = [];
  let at = from;
  while (at < lines.length) {
    const marker = ITEM.exec(lines[at]!);
    if (marker === null || /\d/.test(marker[2]!) !== ordered || RULE.test(lines[at]!)) break;
    const indent = marker[0].length;
    const inner = [lines[at]!.slice(indent)];
    at++;
    // What is indented below the marker belongs to the item; so does a line that goes on with its sentence.
    while (at < lines.length) {
      const line = lines[at]!;
      const own = line.startsWith(' '.repeat(Math.min(indent, 2)));
      if (line.trim() === '') {
        const next = lines[at + 1];
        if (next === undefined || !next.startsWith(' '.repeat(Math.min(indent, 2)))) break;
      } else if (!own && startsBlock(line)) break;
      inner.push(own ? line.slice(Math.min(indent, line.length - line.trimStart().length)) : line);
      at++;
    }
    items.push(parseBlocks(inner, depth + 1));
    while (at < lines.length && lines[at]!.trim() === '' && ITEM.test(lines[at + 1] ?? '')) at++;
  }
  return { block: { kind: 'list', ordered, start: ordered ? Number.parseInt(first[2]!, 10) : 1, items }, end: at };
}

function tableCells(line: string): Inline[][] {
  const inner = line.trim().replace(/^\|/, '').replace(/\|$/, '');
  return inner.split(/(?<!\\)\|/).map((cell) => parseInline(cell.trim().replaceAll('\\|', '|')));
}

const SAFE_SCHEME = /^(?:https?:|mailto:)/i;
const ANY_SCHEME = /^[a-z][a-z0-9+.-]*:/i;

/** Where a link may lead: the web, mail, or within this page. undefined for all else. */
export function safeHref(href: string): string | undefined {
  // Browsers drop control characters inside schemes: "java\tscript:".
  const clean = Array.from(href.trim())
    .filter((character) => character > ' ' && character !== '\u007F')
    .join('');
  if (clean === '' || clean.startsWith('//') || clean.includes('\\')) return undefined;
  return SAFE_SCHEME.test(clean) || !ANY_SCHEME.test(clean) ? clean : undefined;
}

/** One pass from left to right; what does not close stays as it is written. */
export function parseInline(text: string, depth = 0): Inline[] {
  const parts: Inline[] = [];
  let plain = '';
  let at = 0;
  const flush = () => {
    if (plain !== '') parts.push({ kind: 'text', text: plain });
    plain = '';
  };
  // A marker that has been looked for in vain is not looked for again, so that "****…" takes no quadratic time.
  const missing = new Set<string>();
  const find = (marker: string, from: number): number => {
    if (missing.has(marker)) return -1;
    const found = text.indexOf(marker, from);
    if (found < 0) missing.add(marker);
    return found;
  };
  while (at < text.length) {
    const character = text[at]!;
    if (character === '\\' && /[\\`*_{}[\]()#+\-.!|<>~]/.test(text[at + 1] ?? '')) {
      plain += text[at + 1];
      at += 2;
      continue;
    }
    if (character === '`') {
      const end = find('`', at + 1);
      if (end > at) {
        flush();
        parts.push({ kind: 'code', text: text.slice(at + 1, end) });
        at = end + 1;
        continue;
      }
    }
    if ((character === '*' || character === '_') && depth < DEEPEST) {
      const marker = text[at + 1] === character ? character + character : character;
      const opens = /\S/.test(text[at + marker.length] ?? ' ') && !(character === '_' && /\w/.test(text[at - 1] ?? ' '));
      const end = opens ? find(marker, at + marker.length + 1) : -1;
      const closes = end > 0 && /\S/.test(text[end - 1]!) && !(character === '_' && /\w/.test(text[end + marker.length] ?? ' '));
      if (closes) {
        flush();
        parts.push({
          kind: marker.length === 2 ? 'strong' : 'emphasis',
          children: parseInline(text.slice(at + marker.length, end), depth + 1),
        });
        at = end + marker.length;
        continue;
      }
    }
    if (character === '[' && depth < DEEPEST) {
      const middle = find('](', at);
      const end = middle < 0 ? -1 : find(')', middle);
      const href = end < 0 ? undefined : safeHref(text.slice(middle + 2, end).split(/\s/)[0] ?? '');
      if (href !== undefined) {
        flush();
        parts.push({ kind: 'link', href, children: parseInline(text.slice(at + 1, middle), depth + 1) });
        at = end + 1;
        continue;
      }
    }
    if (character === 'h' && !/\w/.test(text[at - 1] ?? ' ')) {
      const url = /^https?:\/\/[^\s<>()]{1,2000}/.exec(text.slice(at, at + 2010))?.[0].replace(/[.,;:!?'"]+$/, '');
      if (url !== undefined) {
        flush();
        parts.push({ kind: 'link', href: url, children: [{ kind: 'text', text: url }] });
        at += url.length;
        continue;
      }
    }
    // The one tag that notes can't do without: table cells and list items have no other way to a new line.
    const tag = character === '<' ? /^<br\s{0,9}\/?>\n?/i.exec(text.slice(at, at + 16))?.[0] : undefined;
    if (tag !== undefined) {
      flush();
      parts.push({ kind: 'break' });
      at += tag.length;
      continue;
    }
    if (character === '\n') {
      const hard = plain.endsWith('  ');
      plain = plain.trimEnd();
      if (hard) {
        flush();
        parts.push({ kind: 'break' });
      } else plain += ' ';
      at++;
      continue;
    }
    plain += character;
    at++;
  }
  flush();
  return parts;
}
