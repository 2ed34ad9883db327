/** `"a name"`: what stands for a measurement, a tag, a field or a policy. */
export function quoteIdentifier(name: string): string {
  return `"${name.replace(/[\\"]/g, String.raw`\$&`).replaceAll('\n', String.raw`\n`)}"`;
}

/** `'a text'`: what a tag or a field is compared with. */
export function quoteString(text: string): string {
  return `'${text.replace(/[\\']/g, String.raw`\$&`).replaceAll('\n', String.raw`\n`)}'`;
}
