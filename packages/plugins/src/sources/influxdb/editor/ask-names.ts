/**
 * Names that the data source has: of measurements, tags, fields, …. An answer that fails names nothing: whoever types goes on
 * typing, and the query itself says what is wrong.
 */
export async function askNames(
  ask: (path: string) => Promise<unknown>,
  what: string,
  parameters: Readonly<Record<string, string>>,
): Promise<readonly string[]> {
  try {
    const { names } = (await ask(`/${what}?${new URLSearchParams(parameters)}`)) as { readonly names?: readonly string[] };
    return Array.isArray(names) ? names.filter((name) => typeof name === 'string') : [];
  } catch {
    return [];
  }
}
