/**
 * Records of comma-separated text as RFC 4180 has it: fields in double quotes may hold commas, line ends and doubled quotes.
 * An empty line is a record of no fields.
 */
export function* csvRecords(text: string): Generator<string[]> {
  let at = text.startsWith('\uFEFF') ? 1 : 0;
  while (at < text.length) {
    const record: string[] = [];
    const [empty] = matchAt(LINE_END, text, at);
    if (empty !== undefined) {
      at += empty.length;
      yield record;
      continue;
    }
    for (;;) {
      const quoted = text[at] === '"' ? matchAt(QUOTED, text, at) : [];
      const [bare = ''] = matchAt(BARE, text, at + (quoted[0]?.length ?? 0));
      record.push((quoted[1]?.replaceAll('""', '"') ?? '') + bare);
      at += (quoted[0]?.length ?? 0) + bare.length;
      if (text[at] !== ',') break;
      at++;
    }
    at += matchAt(LINE_END, text, at)[0]?.length ?? 0;
    yield record;
  }
}

const LINE_END = /\r?\n/y;
const QUOTED = /"((?:[^"]|"")*)(?:"|$)/y;
const BARE = /(?:[^,\r\n]|\r(?!\n))*/y;

function matchAt(pattern: RegExp, text: string, at: number): readonly (string | undefined)[] {
  pattern.lastIndex = at;
  return pattern.exec(text) ?? [];
}
