/** What the URL of the list of dashboards says. */
export interface ListSearch {
  readonly q?: string | undefined;
  readonly tag?: string | undefined;
  /** A folder's uid; "general" is those in none. */
  readonly folder?: string | undefined;
  readonly starred?: boolean | undefined;
}

export function readListSearch(raw: Readonly<Record<string, unknown>>): ListSearch {
  const text = (name: 'q' | 'tag' | 'folder'): { [key: string]: string } => {
    const value = raw[name];
    return typeof value === 'string' && value !== '' ? { [name]: value.slice(0, 200) } : {};
  };
  return {
    ...text('q'),
    ...text('tag'),
    ...text('folder'),
    ...(String(raw['starred']) === 'true' ? { starred: true } : {}),
  };
}
