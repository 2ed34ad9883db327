/**
 * What server and page say about runs, as JSON that keeps NaN and infinities: they are written `{"": "NaN"}`, `{"": "Infinity"}` and
 * `{"": "-Infinity"}`. Nothing else there has a member without a name.
 */
export function writeRunJson(value: unknown): string {
  return JSON.stringify(value, (_key, member: unknown) =>
    typeof member === 'number' && !Number.isFinite(member) ? { '': String(member) } : member,
  );
}

/** Throws SyntaxError for what is no JSON. */
export function readRunJson(text: string): unknown {
  // A reviver is called for each member: most texts need none.
  if (!text.includes('{"":"')) return JSON.parse(text);
  return JSON.parse(text, (_key, member: unknown) => {
    if (typeof member !== 'object' || member === null || !Object.hasOwn(member, '')) return member;
    return Number((member as Readonly<Record<string, unknown>>)['']);
  });
}
