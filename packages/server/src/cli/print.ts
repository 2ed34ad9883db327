/** Says something to whoever typed the command, on standard output. */
export function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

/** Says what went wrong, on standard error. */
export function complain(text: string): void {
  process.stderr.write(`${text}\n`);
}
