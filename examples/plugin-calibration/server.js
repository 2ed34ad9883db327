// The server's half: a data source that reads CSV files from a web server. It runs in a process of its own, and reaches the
// network only through the fetch that it is handed. Nothing is imported from Vitrine: what is needed comes in as `vitrine`.
import { parseCsv } from './csv.js';

/** @param {{ contract: number, BadRequest: new (field: string, problem: string) => Error, QueryError: new (code: string, sentence: string) => Error }} vitrine */
export default function serverHalf({ BadRequest, QueryError }) {
  const spec = {
    kind: 'csv-url',

    /** Settings as saved: name, url, jsonData.delimiter, and the secret `token`. */
    parseSettings({ name, url, jsonData = {}, secrets = {} }) {
      if (typeof url !== 'string' || !/^https?:\/\//.test(url) || !URL.canParse(url))
        throw new BadRequest('url', 'expected the address of the folder of the files, such as https://data.example/predictions/');
      const { delimiter = ',' } = jsonData;
      if (![',', ';', '\t'].includes(delimiter)) throw new BadRequest('jsonData.delimiter', 'is one of "," ";" and a tab');
      return { name, folder: url.endsWith('/') ? url : `${url}/`, delimiter, token: secrets.token };
    },

    /** A query as saved: `file` below the folder, and in `time` the name of the column of times, or "" for a table. */
    parseQuery({ file = '', time = '' }) {
      if (typeof file !== 'string' || file.trim() === '') throw new BadRequest('file', 'is empty: name a CSV file');
      if (typeof time !== 'string') throw new BadRequest('time', 'is the name of a column, or ""');
      return { file: file.trim(), time: time.trim() };
    },
  };

  function connect(settings, { fetch }) {
    const { name, folder, delimiter, token } = settings;

    async function read(file, signal) {
      const url = new URL(file, folder);
      if (!url.href.startsWith(folder)) throw new BadRequest('file', `"${file}" is not below ${folder}`);
      const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
      const response = await fetch(url.href, { headers, redirect: 'manual', signal });
      if (response.status === 404) throw new BadRequest('file', `there is no "${file}" at ${folder}`);
      if (response.status === 401 || response.status === 403)
        throw new QueryError('execution', `${folder} does not let "${name}" in (${response.status}): look at its token.`);
      if (!response.ok) throw new QueryError('execution', `${url.href} answered ${response.status}.`);
      const rows = parseCsv(await response.text(), delimiter);
      const [names = []] = rows;
      return { url: url.href, names, rows: rows.slice(1).filter((row) => row.length > 1 || row[0] !== '') };
    }

    function columnOf(table, column, field, file) {
      const index = table.names.indexOf(column);
      if (index === -1)
        throw new BadRequest(field, `"${file}" has no column "${column}"; it has ${table.names.slice(0, 20).join(', ')}`);
      return index;
    }

    /** A file as it was written in a query, its variables filled in. */
    const filled = (text, context) => context.replace(text, 'raw');

    return {
      async query(refId, query, context) {
        const startedMs = performance.now();
        const file = filled(query.file, context);
        const table = await read(file, context.signal);
        const { frame, notices } =
          query.time === ''
            ? { frame: tableFrame(refId, table), notices: [] }
            : seriesFrame(refId, table, columnOf(table, query.time, 'time', file), context.shown);
        return {
          frames: [frame],
          notices,
          // A file is read whole each time: no newer part of it could stand behind this one.
          growable: false,
          trace: {
            refId,
            source: name,
            executed: `GET ${table.url}`,
            stepMs: 0,
            elapsedMs: performance.now() - startedMs,
            seriesRead: query.time === '' ? 0 : frame.fields.length - 1,
            samplesRead: table.rows.length,
          },
        };
      },

      /** Values of a variable: "models.csv#name" are the different ones of that column. */
      async options({ query = '' }, context) {
        const [file = '', column = ''] = filled(query, context).split('#');
        if (file === '' || column === '') throw new BadRequest('query', 'expected FILE#COLUMN, such as models.csv#name');
        const table = await read(file, context.signal);
        const index = columnOf(table, column, 'query', file);
        const values = [...new Set(table.rows.map((row) => row[index] ?? ''))].filter((value) => value !== '');
        return values.map((value) => ({ value, text: value }));
      },

      /** Marks: rows of a file with the columns time and text, and perhaps end, title and tags (with spaces between). */
      async annotations({ query = '' }, context) {
        const file = filled(query, context);
        if (file === '') throw new BadRequest('query', 'expected a CSV file with the columns time and text');
        const table = await read(file, context.signal);
        const time = columnOf(table, 'time', 'query', file);
        const cell = (row, column) => row[table.names.indexOf(column)] ?? '';
        const { fromMs, toMs } = context.shown;
        return table.rows.flatMap((row) => {
          const timeMs = timeOf(row[time]);
          const endMs = cell(row, 'end') === '' ? timeMs : timeOf(cell(row, 'end'));
          if (Number.isNaN(timeMs) || Number.isNaN(endMs) || timeMs > toMs || endMs < fromMs) return [];
          const tags = cell(row, 'tags').split(' ').filter(Boolean);
          return [{ timeMs, endMs, title: cell(row, 'title'), text: cell(row, 'text'), tags }];
        });
      },

      async check(signal) {
        const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
        const response = await fetch(folder, { headers, redirect: 'manual', signal });
        await response.text();
        if (response.status === 401 || response.status === 403)
          throw new QueryError(
            'execution',
            `${folder} does not let this data source in (${response.status}): look at its token.`,
          );
        if (response.status >= 500) throw new QueryError('execution', `${folder} answered ${response.status}.`);
        // Many servers list no folder, and serve its files all the same.
        const notes = response.ok ? [] : [`The folder itself answered ${response.status}; its files may be there all the same.`];
        return { product: response.headers.get('server') ?? 'A web server', version: '', notes };
      },

      /** For the editor: /columns?file=… names the columns of a file. */
      async suggest(path, parameters, signal) {
        if (path !== '/columns') throw new BadRequest('path', 'is /columns?file=…');
        const { names } = await read(parameters.get('file') ?? '', signal);
        return names;
      },
    };
  }

  return { datasources: [{ spec, connect }] };
}

/** All rows; a column is numbers where all its cells are numbers or empty. An empty cell is missing, not 0. */
function tableFrame(refId, { names, rows }) {
  const fields = names.map((name, index) =>
    fieldOf(
      name,
      rows.map((row) => row[index] ?? ''),
    ),
  );
  return { refId, shape: 'table', length: rows.length, fields };
}

/** Rows within the range in the order of time: numbers over time. Columns of text are left out, and that is said. */
function seriesFrame(refId, { names, rows }, time, { fromMs, toMs }) {
  const timed = rows
    .map((row) => ({ row, timeMs: timeOf(row[time]) }))
    .filter(({ timeMs }) => timeMs >= fromMs && timeMs <= toMs)
    .toSorted((a, b) => a.timeMs - b.timeMs);
  const others = names.flatMap((name, index) =>
    index === time
      ? []
      : [
          fieldOf(
            name,
            timed.map(({ row }) => row[index] ?? ''),
          ),
        ],
  );
  const left = others.filter(({ type }) => type !== 'number').map(({ name }) => name);
  const times = { name: names[time], type: 'time', values: Float64Array.from(timed, ({ timeMs }) => timeMs) };
  return {
    frame: {
      refId,
      shape: 'series',
      length: timed.length,
      fields: [times, ...others.filter(({ type }) => type === 'number')],
    },
    notices:
      left.length === 0
        ? []
        : [{ level: 'info', text: `Query ${refId}: ${left.join(', ')} hold text and are left out of what is drawn over time.` }],
  };
}

function fieldOf(name, cells) {
  const isNumbers = cells.every((cell) => cell === '' || Number.isFinite(Number(cell)) || cell === 'NaN');
  if (!isNumbers || cells.every((cell) => cell === '')) return { name, type: 'string', values: cells };
  const values = Float64Array.from(cells, (cell) => (cell === '' ? Number.NaN : Number(cell)));
  const present = Uint8Array.from(cells, (cell) => (cell === '' ? 0 : 1));
  return { name, type: 'number', values, ...(present.includes(0) ? { present } : {}) };
}

/** Seconds or milliseconds since 1970, or what Date reads; NaN for anything else. */
function timeOf(cell = '') {
  if (cell.trim() === '') return Number.NaN;
  const number = Number(cell);
  if (Number.isNaN(number)) return Date.parse(cell);
  return Math.abs(number) < 1e11 ? number * 1_000 : number;
}
