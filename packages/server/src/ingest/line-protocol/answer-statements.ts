/** What InfluxDB 1 answers to statements. */
export interface StatementResult {
  readonly statement_id: number;
  readonly series?: readonly {
    readonly name?: string;
    readonly columns: readonly string[];
    readonly values: readonly (readonly (string | number | boolean)[])[];
  }[];
}

/** Longer texts are not what clients ask before they write. */
const MOST_CHARS = 10_000;
const MOST_SENDERS = 500;
const MOST_NAMES = 100;

/**
 * Which databases senders made, as InfluxDB's clients make one before they write and look whether it is there. Here a database is
 * but a label, so that there is nothing to make. Bounded; forgotten at a restart, after which clients make theirs again.
 */
export class DatabaseNames {
  readonly #names = new Map<string, Set<string>>();

  of(sender: string): readonly string[] {
    return [...(this.#names.get(sender) ?? [])];
  }

  add(sender: string, name: string): void {
    let names = this.#names.get(sender);
    if (names === undefined) {
      if (this.#names.size >= MOST_SENDERS) this.#names.delete(this.#names.keys().next().value as string);
      names = new Set();
      this.#names.set(sender, names);
    }
    if (names.size < MOST_NAMES) names.add(name);
  }
}

/** Answers the statements that clients ask before they write; undefined where one of them is another. */
export function answerStatements(text: string, databases: DatabaseNames, sender: string): StatementResult[] | undefined {
  if (text.length > MOST_CHARS) return undefined;
  const results: StatementResult[] = [];
  for (const [index, statement] of text
    .split(';')
    .map((one) => one.trim())
    .filter((one) => one !== '')
    .entries()) {
    const [, quoted, plain] = /^CREATE\s+DATABASE\s+(?:"([^"]+)"|(\w+))/i.exec(statement) ?? [];
    const name = quoted ?? plain;
    if (name !== undefined) databases.add(sender, name);
    else if (/^SHOW\s+DATABASES$/i.test(statement)) {
      const values = databases.of(sender).map((database) => [database]);
      const series = [{ name: 'databases', columns: ['name'], ...(values.length === 0 ? {} : { values }) }];
      results.push({ statement_id: index, series: series as NonNullable<StatementResult['series']> });
      continue;
    } else if (/^SHOW\s+RETENTION\s+POLICIES\b/i.test(statement)) {
      const columns = ['name', 'duration', 'shardGroupDuration', 'replicaN', 'default'];
      results.push({ statement_id: index, series: [{ columns, values: [['autogen', '0s', '168h0m0s', 1, true]] }] });
      continue;
    } else if (!/^(CREATE|ALTER)\s+RETENTION\s+POLICY\b/i.test(statement)) return undefined;
    results.push({ statement_id: index });
  }
  return results.length === 0 ? undefined : results;
}
