/** What the URL of a new source says. */
export interface NewSourceSearch {
  readonly kind?: string | undefined;
  /** The uid of the one that is copied. */
  readonly copy?: string | undefined;
}

export function readNewSourceSearch(raw: Readonly<Record<string, unknown>>): NewSourceSearch {
  const text = (name: string) => (typeof raw[name] === 'string' && raw[name] !== '' ? { [name]: raw[name].slice(0, 100) } : {});
  return { ...text('kind'), ...text('copy') };
}
