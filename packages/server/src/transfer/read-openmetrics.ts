import { Labels } from '@vitrine/model/labels.ts';
import { wordsOf } from '@vitrine/model/stale-nan.ts';
import { type MetadataDraft, parseExposition } from '../ingest/exposition/parse-exposition.ts';
import { SeriesCache } from '../ingest/exposition/series-cache.ts';
import type { Bytes } from '../ingest/upload/bytes.ts';
import { lineBlocks } from './line-blocks.ts';
import { PartBuilder, type ReadPart } from './read-part.ts';

const NEWLINE = 10;
const EOF = Buffer.from('# EOF\n');
const MOST_SERIES_REMEMBERED = 200_000;
/** Samples stand behind what is told of their metric, before that of the next. */
const MOST_METRICS_REMEMBERED = 10_000;

/**
 * Reads OpenMetrics text of any length, a MiB at a time. A line that cannot be read is refused alone, as is a sample without a
 * timestamp: it would be of the moment in which it is read.
 */
export async function* readOpenMetrics(bytes: Bytes): AsyncGenerator<ReadPart> {
  const part = new PartBuilder();
  let cache = new SeriesCache();
  const metadata = new Map<string, MetadataDraft>();
  let lines = 0;
  let hasEnded = false;
  for await (const block of lineBlocks(bytes)) {
    let text = block;
    if (hasEnded) {
      part.refuse('after # EOF', `line ${lines + 1}: stands behind "# EOF", and so does what follows`);
      break;
    }
    const end = endOf(block);
    if (end !== undefined) {
      text = block.subarray(0, end);
      hasEnded = true;
      const left = block.subarray(end + EOF.length);
      if (left.length > 0)
        part.refuse('after # EOF', `line ${lines + linesIn(text) + 2}: stands behind "# EOF", and so does what follows`);
    }
    const before = lines;
    const read = parseExposition(Buffer.concat([ended(text), EOF]), 'openmetrics', cache, {
      metadata,
      onBadLine: (error) =>
        part.refuse('not readable', `line ${before + error.line}: ${error.message.replace(/^line \d+: /, '')}`),
    });
    const words = wordsOf(read.values);
    let exemplar = 0;
    for (let i = 0; i < read.length; i++) {
      const key = read.series[i]?.key as string;
      const timestampMs = read.timestampsMs[i] as number;
      if (Number.isNaN(timestampMs)) {
        part.refuse('no timestamp', `${Labels.fromKey(key).toString()} has a sample without a timestamp`);
      } else {
        part.words[2 * part.length] = words[2 * i] as number;
        part.words[2 * part.length + 1] = words[2 * i + 1] as number;
        part.push(key, timestampMs);
      }
      for (; read.exemplars[exemplar]?.sample === i; exemplar++) {
        const { labels, value, timestampMs: atMs = timestampMs } = read.exemplars[exemplar] as (typeof read.exemplars)[number];
        if (!Number.isNaN(timestampMs)) part.exemplar(key, { labels: Labels.from(labels), value, timestampMs: atMs });
      }
      if (part.isFull) yield part.take();
    }
    lines += linesIn(text);
    if (end !== undefined) lines++;
    if (cache.size > MOST_SERIES_REMEMBERED) cache = new SeriesCache();
    let tooMany = metadata.size - MOST_METRICS_REMEMBERED;
    for (const metric of metadata.keys()) if (tooMany-- > 0) metadata.delete(metric);
  }
  if (!hasEnded) part.refuse('no # EOF', 'the last line is not "# EOF": the file may be cut off');
  if (!part.isEmpty) yield part.take();
}

/** Where the line "# EOF" begins. */
function endOf(block: Buffer): number | undefined {
  for (let at = block.indexOf('# EOF'); at !== -1; at = block.indexOf('# EOF', at + 1)) {
    const after = block[at + 5];
    if ((at === 0 || block[at - 1] === NEWLINE) && (after === undefined || after === NEWLINE || after === 13)) return at;
  }
  return undefined;
}

function ended(text: Buffer): Buffer {
  return text.length === 0 || text.at(-1) === NEWLINE ? text : Buffer.concat([text, Buffer.of(NEWLINE)]);
}

function linesIn(text: Buffer): number {
  let lines = 0;
  for (let at = text.indexOf(NEWLINE); at !== -1; at = text.indexOf(NEWLINE, at + 1)) lines++;
  return lines + (text.length > 0 && text.at(-1) !== NEWLINE ? 1 : 0);
}
