import type { CurveName } from '@vitrine/model/curve-store.ts';
import type { LoggedCurve } from '@vitrine/tsdb/curves/curve-reader.ts';
import { LoadedCurve } from './loaded-curve.ts';

/** Where curves are read: see CurveReader of tsdb. */
export interface CurveFile {
  readLogged(curve: CurveName, limit?: number): LoggedCurve;
  version(curve: CurveName): string;
}

/** What keeping a curve costs besides its numbers: its name, its objects and their places in maps. */
const ENTRY_BYTES = 1_024;

/**
 * Curves that were looked at, with what was computed from them, so that a zoom only thins again. Those looked at longest ago go first
 * where all take more than `budgetBytes`; those of the newest question stay as far as they fit, and one alone always does.
 */
export class CurveMemory {
  readonly #budgetBytes: number;
  readonly #curves = new Map<string, { readonly curve: LoadedCurve; question: number; bytes: number }>();
  #bytes = 0;

  constructor(budgetBytes: number) {
    this.#budgetBytes = budgetBytes;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** `question` counts up. What is computed from the curve counts once `settle` is called. One without points is not kept. */
  load(name: CurveName, { file, question }: { readonly file: CurveFile; readonly question: number }): LoadedCurve {
    const key = JSON.stringify([name.run, name.metric]);
    const known = this.#curves.get(key);
    const version = file.version(name);
    if (known !== undefined && known.curve.version === version) {
      known.question = question;
      // The one asked last stands at the end.
      this.#curves.delete(key);
      this.#curves.set(key, known);
      return known.curve;
    }
    const curve = readOn(file, name, version, known?.curve);
    this.#forget(key);
    if (curve.points.length === 0) return curve;
    this.#curves.set(key, { curve, question, bytes: ENTRY_BYTES });
    this.#bytes += ENTRY_BYTES;
    return curve;
  }

  /** Takes stock of a curve that was worked on, and lets go of what is too much. */
  settle(name: CurveName): void {
    const key = JSON.stringify([name.run, name.metric]);
    const held = this.#curves.get(key);
    if (held === undefined) return;
    const bytes = ENTRY_BYTES + held.curve.bytes;
    this.#bytes += bytes - held.bytes;
    held.bytes = bytes;
    for (const [other, { question }] of this.#curves) {
      if (this.#bytes <= this.#budgetBytes) return;
      if (question < held.question) this.#forget(other);
    }
    // Of one question's curves those that came first stay: letting them go would only have them read again.
    if (this.#bytes > this.#budgetBytes && this.#curves.size > 1) this.#forget(key);
  }

  #forget(key: string): void {
    const held = this.#curves.get(key);
    if (held === undefined) return;
    this.#bytes -= held.bytes;
    this.#curves.delete(key);
  }
}

/** What has come since is put behind what is known. */
function readOn(file: CurveFile, name: CurveName, version: string, known: LoadedCurve | undefined): LoadedCurve {
  const fresh = known === undefined ? undefined : grownBy(known.version, version);
  if (known === undefined || fresh === undefined) return new LoadedCurve(file.readLogged(name));
  const tail = file.readLogged(name, fresh);
  // More may have come between the two looks.
  if (tail.version !== version || tail.length !== fresh) return new LoadedCurve(file.readLogged(name));
  return known.grown(tail);
}

/** How many points a curve of a version has, "id:count". */
export function countOf(version: string): number {
  return Number(version.split(':')[1] ?? 0);
}

/** How many points a curve has got between two versions; undefined where it is another curve. */
function grownBy(before: string, now: string): number | undefined {
  const [id] = before.split(':');
  const [newId] = now.split(':');
  const grown = countOf(now) - countOf(before);
  return id === newId && id !== '' && grown > 0 ? grown : undefined;
}
