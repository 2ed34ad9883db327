import type { ErrorAnswer } from '@vitrine/model/api.ts';
import type { UploadAnswer, UploadPreview, UploadProgress, UploadRunning } from '@vitrine/model/upload.ts';
import { ApiError, askJson } from '../api/client.ts';

/** Enough for a thousand rows of most files. */
const HEAD_BYTES = 1_048_576;
const POLL_MS = 500;

/** How far an import is. */
export interface Sending {
  /** Of the file's bytes, 0 to 1. */
  readonly sent: number;
  readonly progress: UploadProgress | undefined;
}

/** Asks what the columns of a file may mean. Parquet says it at its end, so that it is sent whole. */
export async function askPreview(
  file: File,
  dialect: { readonly delimiter?: string },
  onSent: (share: number) => void,
  signal: AbortSignal,
): Promise<UploadPreview> {
  const isWhole = file.size <= HEAD_BYTES || (await file.slice(0, 4).text()) === 'PAR1';
  const form = new FormData();
  form.set('file', isWhole ? file : file.slice(0, HEAD_BYTES), file.name);
  const query = new URLSearchParams({ head: String(!isWhole), ...dialect });
  return post<UploadPreview>(`/api/ingest/preview?${query}`, form, onSent, signal);
}

/** Sends a file with its mapping, and tells how far it is. Aborting keeps what was stored by then. */
export async function sendFile(
  file: File,
  mapping: unknown,
  dryRun: boolean,
  onProgress: (sending: Sending) => void,
  signal: AbortSignal,
): Promise<UploadAnswer> {
  const id = Array.from(crypto.getRandomValues(new Uint8Array(12)), (byte) => byte.toString(16).padStart(2, '0')).join('');
  const form = new FormData();
  form.set('mapping', JSON.stringify(mapping));
  form.set('file', file, file.name);
  let sending: Sending = { sent: 0, progress: undefined };
  const tell = (change: Partial<Sending>): void => {
    sending = { ...sending, ...change };
    onProgress(sending);
  };
  const timer = setInterval(() => {
    askJson<UploadRunning>(`/api/ingest/uploads/${id}`, { signal }).then(
      ({ progress }) => progress !== null && tell({ progress }),
      // The answer itself says what became of it.
      () => undefined,
    );
  }, POLL_MS);
  try {
    return await post<UploadAnswer>(`/api/ingest/upload?id=${id}&dryRun=${dryRun}`, form, (sent) => tell({ sent }), signal);
  } finally {
    clearInterval(timer);
  }
}

/** fetch() does not tell how much of a body is sent. */
function post<T>(url: string, body: FormData, onSent: (share: number) => void, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    const onAbort = (): void => request.abort();
    const settle = (end: () => void): void => {
      signal.removeEventListener('abort', onAbort);
      end();
    };
    request.upload.addEventListener('progress', ({ loaded, total }) => onSent(total === 0 ? 1 : loaded / total));
    request.addEventListener('load', () =>
      settle(() => {
        try {
          resolve(answerOf(request) as T);
        } catch (error) {
          reject(error);
        }
      }),
    );
    request.addEventListener('abort', () => settle(() => reject(new DOMException('Cancelled.', 'AbortError'))));
    request.addEventListener('error', () =>
      settle(() =>
        reject(
          new ApiError(
            0,
            'unreachable',
            'The file did not come through: Vitrine does not answer, or the file has changed or gone since it was chosen.',
          ),
        ),
      ),
    );
    request.open('POST', url);
    signal.addEventListener('abort', onAbort);
    if (signal.aborted) settle(() => reject(new DOMException('Cancelled.', 'AbortError')));
    else request.send(body);
  });
}

/** Throws ApiError where it is none. */
function answerOf({ status, responseText }: XMLHttpRequest): unknown {
  let answer: unknown;
  try {
    answer = JSON.parse(responseText);
  } catch (cause) {
    throw new ApiError(status, 'http', `The server answered ${status}, and nothing that can be read.`, undefined, { cause });
  }
  // Where nothing was stored the counts say why, beside the error.
  if (status === 200 || (status === 422 && typeof answer === 'object' && answer !== null && 'rowsRefused' in answer))
    return answer;
  const { error } = answer as ErrorAnswer;
  throw new ApiError(status, error.code, error.message, error.field);
}
