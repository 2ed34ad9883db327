export interface NamedColumn {
  /** The measurement. */
  readonly name: string;
  readonly column: string;
  readonly tags: Readonly<Record<string, string>>;
}

/** `$m`, `$measurement`, `$1` (a part of the measurement between dots, counted from 0), `$col`, `$tag_host`, and the same as `[[m]]`. */
const REFERENCE = /\$(\w+)|\[\[([^[\]]+)\]\]/g;

/** What an alias calls a series. What means nothing stays as it stands. */
export function fillAlias(alias: string, { name, column, tags }: NamedColumn): string {
  return alias.replace(REFERENCE, (whole: string, bare: string | undefined, bracketed: string | undefined) => {
    const word = (bare ?? bracketed ?? '').trim();
    if (word === 'm' || word === 'measurement') return name;
    if (word === 'col') return column;
    if (/^\d+$/.test(word)) return name.split('.')[Number(word)] ?? whole;
    const tag = word.startsWith('tag_') ? word.slice(4) : undefined;
    return tag !== undefined && Object.hasOwn(tags, tag) ? tags[tag]! : whole;
  });
}

/** `cpu.mean {host: a, region: eu}`: the name of a series that nobody named. */
export function seriesName(name: string, column: string, tags: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(tags).map(([key, value]) => `${key}: ${value}`);
  const called = name === '' ? column : `${name}.${column}`;
  return pairs.length === 0 ? called : `${called} {${pairs.join(', ')}}`;
}
