import { BadRequest } from '@vitrine/model/bad-request.ts';
import type { Bytes } from '../ingest/upload/bytes.ts';

const NEWLINE = 10;
const BLOCK_BYTES = 1024 * 1024;
/** A line longer than that is no line of samples. */
const LONGEST_LINE = 16 * 1024 * 1024;

/** A text in blocks of whole lines, about a MiB each; the last may lack its line's end. Throws BadRequest where a line has no end. */
export async function* lineBlocks(bytes: Bytes): AsyncGenerator<Buffer> {
  let waiting: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of bytes) {
    const end = chunk.lastIndexOf(NEWLINE) + 1;
    if (end > 0 && length + end >= BLOCK_BYTES) {
      yield Buffer.concat([...waiting, chunk.subarray(0, end)]);
      waiting = [];
      length = 0;
      if (end < chunk.length) waiting.push(chunk.subarray(end));
      length = chunk.length - end;
    } else {
      waiting.push(chunk);
      length += chunk.length;
    }
    if (length > LONGEST_LINE + BLOCK_BYTES) throw new BadRequest('file', 'has a line of more than 16 MiB: is it text?');
  }
  if (length > 0) yield Buffer.concat(waiting);
}
