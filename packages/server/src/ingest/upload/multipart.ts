import { BadRequest } from '@vitrine/model/bad-request.ts';
import type { Bytes } from './bytes.ts';

/** A form of which the last part is a file of any size: it is read as it comes. */
export interface UploadForm {
  /** The parts before the file. */
  readonly fields: ReadonlyMap<string, string>;
  readonly file: Bytes;
}

const MOST_FIELD_BYTES = 1_048_576;
const MOST_HEADER_BYTES = 16_384;
const MOST_FIELDS = 10;
const HEADERS_END = Buffer.from('\r\n\r\n');

/** Where the boundary of a content type's parts stands; undefined where that is no form. */
export function boundaryOf(contentType: string): string | undefined {
  if (!/^multipart\/form-data\s*;/i.test(contentType)) return undefined;
  const [, quoted, bare] = /;\s*boundary=(?:"([^"]{1,70})"|([^\s;"]{1,70})(?=[\s;]|$))/i.exec(contentType) ?? [];
  return quoted ?? bare;
}

/**
 * Reads multipart/form-data (RFC 7578) up to its part "file", which must be the last, as `curl -F mapping=@… -F file=@…`
 * sends it. Throws BadRequest, also while the file is read: where the form ends before its end.
 */
export async function readForm(bytes: Bytes, boundary: string): Promise<UploadForm> {
  const source = new Source(bytes);
  const fields = new Map<string, string>();
  // The first boundary has no line before it; with one put there it is like the others.
  source.unread(Buffer.from('\r\n'));
  const delimiter = Buffer.from(`\r\n--${boundary}`);
  await source.until(delimiter, MOST_HEADER_BYTES, 'the first boundary');
  for (let parts = 0; ; parts++) {
    const mark = (await source.take(2, 'a boundary')).toString();
    if (mark === '--') throw new BadRequest('file', 'is missing: send it as the part "file" of the form');
    const headers = await source.until(HEADERS_END, MOST_HEADER_BYTES, 'the head of a part');
    const name = /;\s*name="([^"]*)"/i.exec(headers.toString('utf8'))?.[1] ?? '';
    if (name === 'file') return { fields, file: source.stream(delimiter) };
    if (parts >= MOST_FIELDS) throw new BadRequest('form', `has more than ${MOST_FIELDS} parts before "file"`);
    fields.set(name, (await source.until(delimiter, MOST_FIELD_BYTES, `the part "${name.slice(0, 100)}"`)).toString('utf8'));
  }
}

/** Bytes that are read up to something in them. */
class Source {
  readonly #next: AsyncIterator<Uint8Array>;
  #rest: Buffer = Buffer.alloc(0);

  constructor(bytes: Bytes) {
    this.#next = bytes[Symbol.asyncIterator]();
  }

  unread(bytes: Buffer): void {
    this.#rest = Buffer.concat([bytes, this.#rest]);
  }

  async take(count: number, what: string): Promise<Buffer> {
    while (this.#rest.length < count) if (!(await this.#more())) throw new BadRequest('form', `ends within ${what}`);
    const taken = this.#rest.subarray(0, count);
    this.#rest = this.#rest.subarray(count);
    return taken;
  }

  /** What stands before `delimiter`, which is passed over. */
  async until(delimiter: Buffer, limitBytes: number, what: string): Promise<Buffer> {
    for (;;) {
      const at = this.#rest.indexOf(delimiter);
      if (at !== -1) {
        const found = this.#rest.subarray(0, at);
        this.#rest = this.#rest.subarray(at + delimiter.length);
        return found;
      }
      if (this.#rest.length > limitBytes)
        throw new BadRequest('form', `${what} is longer than ${limitBytes} bytes, which is the limit`);
      if (!(await this.#more())) throw new BadRequest('form', `ends within ${what}`);
    }
  }

  /** What stands before `delimiter`, as it comes. */
  async *stream(delimiter: Buffer): AsyncGenerator<Uint8Array> {
    for (;;) {
      const at = this.#rest.indexOf(delimiter);
      if (at !== -1) {
        if (at > 0) yield this.#rest.subarray(0, at);
        return;
      }
      // Its start may be at the end of what is here.
      const sure = this.#rest.length - delimiter.length;
      if (sure > 0) {
        yield this.#rest.subarray(0, sure);
        this.#rest = this.#rest.subarray(sure);
      }
      if (!(await this.#more())) throw new BadRequest('file', 'is cut off: the form ends before the file does');
    }
  }

  async #more(): Promise<boolean> {
    const { done, value } = await this.#next.next();
    if (done === true) return false;
    this.#rest =
      this.#rest.length === 0 ? Buffer.from(value.buffer, value.byteOffset, value.length) : Buffer.concat([this.#rest, value]);
    return true;
  }
}
