import type { ImportFinding } from '../api.ts';
import { saysSomething, type Json } from './json.ts';
import { isKnownKind } from './kinds.ts';
import { isMeaningFreeAnywhere } from './meaning-free.ts';

/** More findings than anybody reads; the rest is counted. */
const MAX_FINDINGS = 5_000;

type Level = ImportFinding['level'];

/** Collects what became of a foreign document, in the order in which it was read. */
export class Report {
  readonly #findings: ImportFinding[] = [];
  readonly #drawn: ReadonlySet<string>;
  #more = 0;

  /** `drawn` are kinds of panels that plugins draw here. */
  constructor(drawn: ReadonlySet<string> = new Set()) {
    this.#drawn = drawn;
  }

  isDrawn(kind: string): boolean {
    return isKnownKind(kind) || this.#drawn.has(kind);
  }

  add(finding: ImportFinding): void {
    if (this.#findings.length < MAX_FINDINGS) this.#findings.push(finding);
    else this.#more++;
  }

  get findings(): readonly ImportFinding[] {
    if (this.#more === 0) return this.#findings;
    const text = `There are ${this.#more} more findings, which are not listed.`;
    return [...this.#findings, { level: 'approximated', panel: undefined, path: '', text }];
  }
}

/** The report as one place of the document sees it. */
export class Notes {
  readonly #report: Report;
  readonly #panel: ImportFinding['panel'];
  readonly path: string;

  constructor(report: Report, path = '', panel?: ImportFinding['panel']) {
    this.#report = report;
    this.#panel = panel;
    this.path = path;
  }

  /** The notes of a member: "options", "[3]" or "options.legend". */
  at(key: string): Notes {
    return new Notes(
      this.#report,
      key.startsWith('[') || this.path === '' ? this.path + key : `${this.path}.${key}`,
      this.#panel,
    );
  }

  /** Whether panels of that kind are drawn here. */
  isDrawn(kind: string): boolean {
    return this.#report.isDrawn(kind);
  }

  of(panel: ImportFinding['panel']): Notes {
    return new Notes(this.#report, this.path, panel);
  }

  /** `text` is a sentence. */
  add(level: Level, text: string): void {
    this.#report.add({ level, panel: this.#panel, path: this.path, text });
  }

  migrated(text: string): void {
    this.add('migrated', text);
  }

  approximated(text: string): void {
    this.add('approximated', text);
  }

  unsupported(text: string): void {
    this.add('unsupported', text);
  }

  repaired(text: string): void {
    this.add('repaired', text);
  }

  /** What a member of a list says beyond what is read: it has nowhere to be kept. */
  lost(rest: Json): void {
    for (const [key, value] of Object.entries(rest)) {
      if (saysSomething(value) && !isMeaningFreeAnywhere(key))
        this.at(key).unsupported(`"${key}" is not known here and was left out.`);
    }
  }
}
