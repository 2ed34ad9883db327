import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Labels } from '@vitrine/model/labels.ts';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { corpusFolder } from '../../testing/corpus-folder.ts';
import { hasInfluxdb, startInfluxdb } from '../../testing/start-influxdb.ts';
import { hasVictoriaMetrics, startVictoriaMetrics } from '../../testing/start-victoria-metrics.ts';
import { LineBatch } from './line-batch.ts';
import { LineReader } from './line-reader.ts';
import { SeriesMemory } from './series-memory.ts';

const folder = mkdtempSync(join(tmpdir(), 'vitrine-lines-'));
const stops: (() => Promise<void>)[] = [];
const agent = new Agent({ keepAlive: true, maxSockets: 8 });

afterAll(async () => {
  agent.destroy();
  for (const stop of stops) await stop();
  rmSync(folder, { recursive: true, force: true });
});

function read(body: Uint8Array, database = '') {
  const reader = new LineReader(body, { batch: new LineBatch(new SeriesMemory()), database, precision: 'ms', nowMs: Date.now() });
  while (reader.read(1_000_000));
  return reader;
}

/** `fetch` refuses InfluxDB's answers, which have what was wrong in a header, control characters and all. */
function post(url: string, body: Uint8Array): Promise<{ readonly status: number; readonly text: string }> {
  return new Promise((resolve, reject) => {
    const sent = request(url, { method: 'POST', agent, insecureHTTPParser: true }, (answer) => {
      let text = '';
      answer.setEncoding('utf8').on('data', (part: string) => (text += part));
      answer.once('end', () => resolve({ status: answer.statusCode ?? 0, text }));
    });
    sent.once('error', reject);
    sent.end(body);
  });
}

describe.skipIf(!hasVictoriaMetrics())('VictoriaMetrics given the same lines', () => {
  let url = '';
  beforeAll(async () => {
    url = await startVictoriaMetrics(folder, stops);
  });

  /** Every sample as `{labels} value @time`, with names as Prometheus has them: VictoriaMetrics keeps them as they came. */
  async function theirs(database: string): Promise<string[]> {
    await fetch(`${url}/internal/force_flush`);
    const answer = await fetch(`${url}/api/v1/export?${new URLSearchParams({ 'match[]': `{db="${database}"}` }).toString()}`);
    const lines = (await answer.text()).split('\n').filter((line) => line !== '');
    return lines.flatMap((line) => {
      const { metric, values, timestamps } = JSON.parse(line) as {
        metric: Record<string, string>;
        values: number[];
        timestamps: number[];
      };
      const labels = Object.entries(metric).map(([name, value]) =>
        name === '__name__' ? [name, clean(value.replace(/_value$/, ''), /[^\w:]/gu)] : [clean(name, /\W/gu), value],
      );
      return values.map(
        (value, i) => `${Labels.from(Object.fromEntries(labels) as Record<string, string>)} ${value} @${timestamps[i]}`,
      );
    });
  }

  const clean = (name: string, wrong: RegExp): string => name.replace(wrong, '_').replace(/^\d/, '_$&');

  function ours(body: Uint8Array, database: string): string[] {
    const { seriesKeys, seriesIndex, timestampsMs, values } = read(body, database).batch.finish();
    return Array.from(
      values,
      (value, i) => `${Labels.fromKey(seriesKeys[seriesIndex[i] as number] as string)} ${value} @${timestampsMs[i]}`,
    );
  }

  async function compare(lines: readonly string[], database: string): Promise<void> {
    const body = Buffer.from(lines.join('\n'));
    const { status } = await post(`${url}/write?db=${database}&precision=ms`, body);
    expect(status).toBe(204);
    expect((await theirs(database)).toSorted()).toEqual(ours(body, database).toSorted());
  }

  const nowMs = Math.floor(Date.now() / 1_000) * 1_000;

  test('has the same series and values', async () => {
    await compare(
      [
        'cpu,host=a,region=eu-west usage_user=0.5,usage_idle=99.5',
        'cpu,host=b usage_user=1e-3',
        'loss,run=7 value=0.25',
        'mixed,t=x float=-1.5,int=-3i,unsigned=4u,yes=true,no=f',
        'my\\ disk,path=/var/lib\\,old,mode=rw\\ ro,a\\=b=c\\=d free.bytes=1',
        '1st,2nd=3 4th=5',
        '# a comment',
        '',
        'größe,ort=münchen wert=3.25',
      ].map((line, i) => (line === '' || line.startsWith('#') ? line : `${line} ${nowMs - i * 1_000}`)),
      'table',
    );
  });

  test('whatever is written', async () => {
    // It takes a backslash before a backslash for an escape, and an empty text for no label.
    const word = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 8 }).filter((text) => !/[\\"\s]/.test(text));
    const escaped = (text: string): string => text.replace(/[ ,=]/g, '\\$&');
    // One name of each after it is clean, so that no two become one.
    const names = { selector: (text: string) => clean(text, /\W/gu), minLength: 1, maxLength: 4 };
    const point = fc.record({
      measurement: word.filter((text) => !text.startsWith('#') && !text.includes('=')),
      tags: fc.uniqueArray(word, names),
      texts: fc.array(word, { minLength: 4, maxLength: 4 }),
      fields: fc.uniqueArray(
        word.filter((text) => text !== 'value'),
        names,
      ),
      // It keeps one power of ten for all numbers of a series, and so loses digits of those that are far apart.
      number: fc.integer({ min: -1e9, max: 1e9 }).map((thousandths) => thousandths / 1_000),
    });
    let run = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(point, { minLength: 1, maxLength: 40 }), async (points) => {
        const lines = points.map(({ measurement, tags, texts, fields, number }, i) => {
          const tagText = tags.map((tag, k) => `,${escaped(tag)}=${escaped(texts[k] as string)}`).join('');
          const fieldText = fields.map((field, k) => `${escaped(field)}=${k === 0 ? number : k}`).join(',');
          return `${escaped(measurement)}${tagText} ${fieldText} ${nowMs - i * 1_000}`;
        });
        await compare(lines, `run${++run}`);
      }),
      { numRuns: 20 },
    );
  });
});

const corpus = corpusFolder('influx/line-protocol');

describe.skipIf(!hasInfluxdb())('InfluxDB given the same lines', () => {
  let url = '';
  beforeAll(async () => {
    url = await startInfluxdb(folder, stops);
    await post(`${url}/query?q=CREATE+DATABASE+lab`, Buffer.alloc(0));
  });

  /** Whether any line of a body is one to it. It is asked to write where it cannot, because some of the corpus end it. */
  async function theyTake(body: Uint8Array): Promise<boolean> {
    const { status, text } = await post(`${url}/write?db=lab&rp=none&precision=ms`, body);
    return status === 204 || text.includes('retention policy not found');
  }

  function weTake(body: Uint8Array): boolean {
    const reader = read(body);
    return reader.batch.finish().values.length + reader.textFields > 0 || reader.badLines === 0;
  }

  /** Where this server and InfluxDB 1.6 differ, and the cases of InfluxData's own decoder say that this one is right. */
  const knownToDiffer = (body: Uint8Array): boolean => {
    const text = Buffer.from(body).toString();
    return (
      // It takes control characters and what is no UTF-8, but not a carriage return before a newline after a value.
      /[\p{Cc}\ufffd]/u.test(text.replaceAll('\n', '')) ||
      // It knows no unsigned integers.
      /\du/.test(text) ||
      // A backslash is one to it even where there are two; here the second one still stands before what follows it.
      /\\\\/.test(text) ||
      // A field of it may have no name.
      / ,|,=/.test(text) ||
      // Anything may stand after a text.
      /="(?:[^"\\]|\\.)*"[^ ,\n]/.test(text)
    );
  };

  test.skipIf(corpus === undefined)('agrees on the cases of InfluxData’s decoder', async () => {
    const cases = JSON.parse(readFileSync(join(corpus as string, 'decode.json'), 'utf8')) as Record<
      string,
      { readonly input: { readonly text: string | { readonly binary: string } } }
    >;
    const differ: string[] = [];
    let compared = 0;
    await Promise.all(
      Object.values(cases).map(async ({ input: { text } }) => {
        const body = typeof text === 'string' ? Buffer.from(text) : Buffer.from(text.binary, 'base64');
        if (knownToDiffer(body)) return;
        compared++;
        const they = await theyTake(body);
        if (they !== weTake(body)) differ.push(`${they ? 'they' : 'we'} take ${JSON.stringify(body.toString())}`);
      }),
    );
    expect([compared > 300, differ]).toEqual([true, []]);
  });

  test('agrees on whatever comes', async () => {
    const piece = fc.constantFrom(
      'm',
      ',',
      ' ',
      '=',
      '"',
      '\\',
      '#',
      '1',
      '-',
      '.',
      'e',
      'i',
      'true',
      'F',
      'ü',
      ',a=b',
      ' x=1',
      ' x="y"',
      ' 17',
      '1.5',
      ',z=2i',
      'm,t=v x=1',
    );
    await fc.assert(
      fc.asyncProperty(fc.array(piece, { minLength: 1, maxLength: 12 }), async (pieces) => {
        const body = Buffer.from(pieces.join(''));
        fc.pre(!knownToDiffer(body));
        expect([body.toString(), weTake(body)]).toEqual([body.toString(), await theyTake(body)]);
      }),
      { numRuns: 1_000 },
    );
  });
});
