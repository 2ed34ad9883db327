import { readFileSync } from 'node:fs';
import { checkOpenMetrics } from '../ingest/exposition/check-open-metrics.ts';
import { ExpositionError } from '../ingest/exposition/exposition-error.ts';
import type { Exposition, ExpositionFormat } from '../ingest/exposition/exposition.ts';
import { parseExposition } from '../ingest/exposition/parse-exposition.ts';
import { FetchFailed, HttpClient } from '../scrape/http-client.ts';
import { acceptHeader, formatOf } from '../scrape/negotiate.ts';
import { complain, print } from './print.ts';

const LIMIT_BYTES = 64 * 1024 * 1024;
const TIMEOUT_MS = 10_000;
const END = /(?:^|\n)# EOF\r?\n?$/;

interface Text {
  readonly bytes: Uint8Array;
  readonly format: ExpositionFormat;
}

/**
 * `vitrine check metrics FILE|URL…`: whether an exposition text keeps every rule of OpenMetrics 1.0, its types' meaning
 * included, or, where it is none, of Prometheus' text format. `-` is standard input. The exit code is 1 where one does not.
 */
export async function checkMetrics(places: readonly string[]): Promise<number> {
  if (places.length === 0) {
    complain('vitrine check metrics: expected files, addresses such as http://127.0.0.1:8000/metrics, or - for standard input.');
    return 1;
  }
  let failed = 0;
  for (const place of places) {
    try {
      const { bytes, format } = /^https?:\/\//i.test(place) ? await fetchText(place) : readText(place);
      print(`${place}: ok, ${described(checkedText(bytes, format), format)}`);
    } catch (error) {
      failed++;
      complain(sentenceOf(place, error as Error));
    }
  }
  return failed === 0 ? 0 : 1;
}

/** The text read, every rule of its format kept. Throws ExpositionError. */
function checkedText(bytes: Uint8Array, format: ExpositionFormat): Exposition {
  const exposition = parseExposition(bytes, format);
  if (format === 'openmetrics') checkOpenMetrics(Buffer.from(bytes).toString('utf8'));
  return exposition;
}

function described({ length, metadata }: Exposition, format: ExpositionFormat): string {
  const [samples, metrics] = [
    `${length} sample${length === 1 ? '' : 's'}`,
    `${metadata.length} described metric${metadata.length === 1 ? '' : 's'}`,
  ];
  const kind = format === 'openmetrics' ? 'OpenMetrics' : 'Prometheus text, which has fewer rules than OpenMetrics';
  return `${samples} of ${metrics} (${kind})`;
}

function readText(path: string): Text {
  const bytes = readFileSync(path === '-' ? 0 : path);
  // Only OpenMetrics has an end, and what is cut off is to be found out.
  const isOpenMetrics = path.endsWith('.om') || END.test(bytes.subarray(-16).toString('latin1'));
  return { bytes, format: isOpenMetrics ? 'openmetrics' : 'text' };
}

async function fetchText(address: string): Promise<Text> {
  const client = new HttpClient({ credentials: undefined, tls: NO_TLS, followRedirects: true, headers: new Map() });
  try {
    const { body, contentType } = await client.get(new URL(address), {
      headers: { accept: acceptHeader(['openmetrics', 'text']), 'accept-encoding': 'gzip', 'user-agent': 'vitrine-check' },
      limitBytes: LIMIT_BYTES,
      limitName: 'limit of a check',
      timeoutMs: TIMEOUT_MS,
      signal: new AbortController().signal,
    });
    const format = formatOf(contentType, undefined);
    if (format === 'protobuf') throw new FetchFailed('the answer is protobuf, which was not asked for');
    return { bytes: body, format };
  } finally {
    await client.close();
  }
}

const NO_TLS = {
  ca: undefined,
  cert: undefined,
  key: undefined,
  serverName: undefined,
  minVersion: undefined,
  maxVersion: undefined,
  insecureSkipVerify: false,
} as const;

function sentenceOf(place: string, error: Error): string {
  if (error instanceof ExpositionError) return `${place}:${error.line}: ${error.message.replace(/^line \d+: /, '')}.`;
  if (error instanceof FetchFailed) return `${place}: ${error.message}.`;
  if (error instanceof TypeError && /URL/.test(error.message)) return `${place}: is not an address.`;
  const { code } = error as NodeJS.ErrnoException;
  if (code === 'ENOENT') return `${place}: there is no such file.`;
  if (code !== undefined) return `${place}: cannot be read (${code}).`;
  throw error;
}
