const PLAIN = /^[\w./@%+=:,-]+$/;

/** `vitrine plugin …` for a server's machine; `data` is its data folder where that is not the usual one. */
export function pluginCommand(what: string, data: string | null | undefined): string {
  const command = `npx vitrine plugin ${what}`;
  if (data === undefined || data === null) return command;
  // As a shell takes it for one word, whatever is in it.
  return `${command} --data ${PLAIN.test(data) ? data : `'${data.replaceAll("'", `'\\''`)}'`}`;
}
