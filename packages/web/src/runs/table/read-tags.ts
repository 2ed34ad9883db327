/** Reads "team=vision, baseline, -old": null removes. The sentence says what can't be meant. */
export function readTags(text: string): { readonly tags: Record<string, string | null>; readonly problem: string | undefined } {
  const tags: Record<string, string | null> = {};
  for (const part of text.split(',').map((each) => each.trim())) {
    if (part === '') continue;
    const removes = part.startsWith('-');
    const [name = '', ...value] = (removes ? part.slice(1) : part).split('=');
    if (name.trim() === '') return { tags, problem: `"${part}" has no name before the equals sign.` };
    if (removes && value.length > 0) return { tags, problem: `"${part}" removes a tag: leave out what comes after its name.` };
    tags[name.trim()] = removes ? null : value.join('=').trim();
  }
  return { tags, problem: undefined };
}
