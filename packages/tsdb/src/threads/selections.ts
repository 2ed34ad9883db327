import type { MessagePort } from 'node:worker_threads';
import { ByteWriter } from '../chunk/bytes.ts';
import type { Contents } from '../contents.ts';
import { writeHeadCopy } from '../head/head-copy.ts';
import { sendError } from '../protocol.ts';
import { widthFor } from '../rollup/width-for.ts';
import { type Bell, ring } from './ask.ts';
import { CHUNKS_FROM_FIRST, CHUNKS_IN_RANGE, CHUNKS_TO_LAST, type Portion, type SourceRequest } from './portion.ts';

/** A portion ends after so many series, bytes of their heads, or so much work, whichever comes first: the thread has others to serve. */
const PORTION_SERIES = 1024;
const PORTION_BYTES = 4 * 1024 * 1024;
const PORTION_MS = 4;

interface Selection {
  readonly fromMs: number;
  readonly toMs: number;
  readonly labelsOnly: boolean;
  readonly widthMs: number;
  readonly total: number;
  refs: number[];
  at: number;
}

/** An evaluation thread, as the store's thread knows it. */
export class SourceClient {
  readonly #contents: Contents;
  readonly #port: MessagePort;
  readonly #bell: Bell;
  readonly #selections = new Map<number, Selection>();
  /** 1 where the thread knows the labels of the ref. */
  #told = new Uint8Array(1024);
  readonly #heads = new ByteWriter(64 * 1024);

  constructor(contents: Contents, port: MessagePort, bell: Bell) {
    this.#contents = contents;
    this.#port = port;
    this.#bell = bell;
    port.on('message', (request: SourceRequest) => this.#serve(request));
  }

  /** These refs are no series any more, and may become others. */
  forget(refs: ReadonlySet<number>): void {
    for (const ref of refs) if (ref < this.#told.length) this.#told[ref] = 0;
    for (const selection of this.#selections.values()) {
      selection.refs = selection.refs.slice(selection.at).filter((ref) => !refs.has(ref));
      selection.at = 0;
    }
  }

  close(): void {
    this.#port.close();
  }

  #serve(request: SourceRequest): void {
    if (request.kind === 'close') {
      this.#selections.delete(request.selection);
      return;
    }
    try {
      if (request.kind === 'select') this.#select(request);
      const portion = this.#portion(request.selection);
      const { refs, newAt, flags, versions, headAt, heads, headFromMs } = portion;
      // The buffers are gone when it is sent, and what is not sent is not told.
      const news = Array.from(newAt, (at) => refs[at] as number);
      ring(
        this.#port,
        this.#bell,
        portion,
        [refs, newAt, flags, versions, headAt, heads, headFromMs].map(({ buffer }) => buffer),
      );
      for (const ref of news) this.#told[ref] = 1;
    } catch (error) {
      ring(this.#port, this.#bell, { selection: request.selection, error: sendError(error) }, []);
    }
  }

  #select({
    selection,
    matchers,
    fromMs,
    toMs,
    part,
    rollup,
    labelsOnly,
    forgot,
  }: Extract<SourceRequest, { kind: 'select' }>): void {
    if (forgot) this.#told.fill(0);
    const { index, series, rolledUp } = this.#contents;
    const refs = index
      .match(matchers)
      .filter((ref) => (part === undefined || ref % part.of === part.index) && series.overlaps(ref, fromMs, toMs));
    const widthMs = (rollup && widthFor(rolledUp, rollup, fromMs)) ?? 0;
    this.#selections.set(selection, { fromMs, toMs, labelsOnly, widthMs, total: refs.length, refs, at: 0 });
  }

  #portion(id: number): Portion {
    const selection = this.#selections.get(id);
    if (selection === undefined) throw new Error(`selection ${id} is not open`);
    const { index, refs: seriesRefs } = this.#contents;
    if (this.#told.length < seriesRefs.limit) {
      const told = new Uint8Array(Math.max(seriesRefs.limit, this.#told.length * 2));
      told.set(this.#told);
      this.#told = told;
    }
    const { refs, fromMs, toMs, labelsOnly, widthMs } = selection;
    const first = selection.at;
    const most = Math.min(refs.length - first, PORTION_SERIES);
    const flags = new Uint8Array(most);
    const versions = new Uint32Array(most);
    const headAt = new Uint32Array(most + 1);
    const headFromMs = new Float64Array(widthMs > 0 ? most : 0);
    const newAt: number[] = [];
    const newKeys: string[] = [];
    const endsMs = performance.now() + PORTION_MS;
    const heads = this.#heads;
    heads.reset();
    let count = 0;
    while (count < most) {
      const ref = refs[first + count] as number;
      if (this.#told[ref] === 0) {
        newAt.push(count);
        newKeys.push(index.keyOf(ref));
      }
      if (!labelsOnly) {
        flags[count] = this.#chunks(ref, fromMs, toMs);
        versions[count] = this.#contents.series.chunksVersion[ref] as number;
        const parts = this.#contents.head.parts(ref);
        if (parts !== undefined) writeHeadCopy(parts, fromMs, toMs, heads);
        if (widthMs > 0) headFromMs[count] = parts === undefined ? Infinity : this.#contents.head.oldestMs(ref);
      }
      count++;
      headAt[count] = heads.length;
      if (heads.length > PORTION_BYTES || ((count & 31) === 0 && performance.now() > endsMs)) break;
    }
    selection.at += count;
    const isLast = selection.at >= selection.refs.length;
    if (isLast) this.#selections.delete(id);
    return {
      selection: id,
      total: selection.total,
      isLast,
      widthMs,
      refs: Uint32Array.from(refs.slice(first, first + count)),
      newAt: Uint32Array.from(newAt),
      newKeys,
      flags,
      versions,
      headAt,
      heads: heads.take(),
      headFromMs,
    };
  }

  #chunks(ref: number, fromMs: number, toMs: number): number {
    const { chunksFromMs, chunksToMs } = this.#contents.series;
    const first = chunksFromMs[ref] as number;
    const last = chunksToMs[ref] as number;
    if (!(last >= fromMs && first <= toMs)) return 0;
    return CHUNKS_IN_RANGE | (fromMs <= first ? CHUNKS_FROM_FIRST : 0) | (toMs >= last ? CHUNKS_TO_LAST : 0);
  }
}
