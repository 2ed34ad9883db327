/** What the URL of the page says. */
export interface CardinalitySearch {
  /** A selector: only its series are counted. */
  readonly match?: string | undefined;
}

const LONGEST_MATCH = 10_000;

export function readCardinalitySearch({ match }: Readonly<Record<string, unknown>>): CardinalitySearch {
  return typeof match === 'string' && match.trim() !== '' ? { match: match.slice(0, LONGEST_MATCH) } : {};
}

/** The selector with one matcher more; what it says of that label already is replaced. */
export function narrowed(match: string, label: string, value: string): string {
  const matchers =
    /^\s*\{([^]*)\}\s*$/.exec(match)?.[1] ?? (match.trim() === '' ? '' : `__name__=${JSON.stringify(match.trim())}`);
  const own = `${/^[a-zA-Z_][a-zA-Z0-9_]*$/.test(label) ? label : JSON.stringify(label)}=`;
  const others = [...matchers.matchAll(/(?:"(?:[^"\\]|\\.)*"|[^",])+/g)]
    .map(([matcher]) => matcher.trim())
    .filter((matcher) => matcher !== '' && !matcher.startsWith(`${own}"`));
  return `{${[...others, `${own}${JSON.stringify(value)}`].join(',')}}`;
}
