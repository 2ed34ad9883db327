import { METRIC_NAME } from '../labels.ts';
import {
  asLabelName,
  metricOf,
  MOST_COLUMNS,
  TIME_FORMATS,
  UPLOAD_FORMATS,
  type UploadMapping,
  type UploadTime,
  type ValueColumn,
} from '../upload.ts';
import { Read } from './read.ts';

const METRIC = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/;
const LABEL = /^[a-zA-Z_][a-zA-Z0-9_]*$/;
const MOST_LABELS = 50;
const LONGEST_NAME = 1_000;
/** 366 days. */
const LONGEST_STEP_MS = 31_622_400_000;
/** The end of the year 9999. */
const LAST_MS = 253_402_300_799_999;

/** Reads the JSON that goes with an uploaded file. Throws BadRequest that names the field, such as `mapping.values[3].name`. */
export function parseUploadMapping(input: unknown): UploadMapping {
  const read = new Read('mapping', input).only(['format', 'csv', 'time', 'values', 'labels', 'fixed', 'prefix', 'metric']);
  const csv = read.at('csv').or(undefined, (it) => it.only(['delimiter', 'decimal']));
  const mapping: UploadMapping = {
    format: read.at('format').or(undefined, (it) => it.oneOf(UPLOAD_FORMATS)),
    csv: {
      delimiter: csv?.at('delimiter').or(undefined, parseDelimiter),
      decimal: csv?.at('decimal').or(undefined, (it) => it.oneOf(['.', ','])),
    },
    time: parseTime(read.at('time')),
    values: read.at('values').atMost(MOST_COLUMNS, 'columns').map(parseValue),
    labels: read.at('labels').or([], (it) => it.atMost(MOST_LABELS, 'columns').map(parseLabel)),
    fixed: read.at('fixed').or({}, parseFixed),
    prefix: read.at('prefix').or('', name),
    metric: read.at('metric').or(undefined, (it) => ({
      name: matching(it.only(['name', 'label']).at('name'), METRIC),
      label: labelName(it.at('label')),
    })),
  };
  checkNames(mapping, read);
  return mapping;
}

function parseDelimiter(read: Read): string {
  const text = read.string();
  return text.length === 1 && !/["\r\n]/.test(text) ? text : read.fail('expected one character such as , ; or a tab');
}

function parseTime(read: Read): UploadTime {
  if (read.missing)
    read.fail('is missing: say {"column": …, "format": …}, or {"startMs": …, "everyMs": …} for a file without times');
  if (read.only(['column', 'format', 'zone', 'startMs', 'everyMs']).at('column').missing) {
    return {
      kind: 'spaced',
      startMs: read.at('startMs').integer(0, LAST_MS),
      everyMs: read.at('everyMs').integer(1, LONGEST_STEP_MS),
    };
  }
  const zone = read.at('zone');
  return {
    kind: 'column',
    column: name(read.at('column')),
    format: read.at('format').oneOf(TIME_FORMATS),
    zone: zone.or('UTC', (it) =>
      isZone(it.string()) ? it.string() : it.fail('is not a time zone such as Europe/Berlin or UTC'),
    ),
  };
}

function isZone(text: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: text }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}

function parseValue(read: Read): ValueColumn {
  if (typeof read.value === 'string') return { column: name(read), name: undefined, unit: '' };
  read.only(['column', 'name', 'unit']);
  return {
    column: name(read.at('column')),
    name: read.at('name').or(undefined, name),
    unit: read.at('unit').or('', name),
  };
}

function parseLabel(read: Read): UploadMapping['labels'][number] {
  if (typeof read.value === 'string') return { column: name(read), name: asLabelName(read.value) };
  const column = name(read.only(['column', 'name']).at('column'));
  return { column, name: read.at('name').or(asLabelName(column), labelName) };
}

function parseFixed(read: Read): Record<string, string> {
  const entries = Object.keys(read.object()).map((key): [string, string] => {
    const value = read.at(key);
    return [labelName(new Read(value.path, key)), name(value)];
  });
  return entries.length <= MOST_LABELS ? Object.fromEntries(entries) : read.fail(`holds more than ${MOST_LABELS} labels`);
}

function name(read: Read): string {
  return read.string().length <= LONGEST_NAME ? read.string() : read.fail(`is longer than ${LONGEST_NAME} characters`);
}

function labelName(read: Read): string {
  const text = matching(read, LABEL);
  return text === METRIC_NAME ? read.fail(`cannot be ${METRIC_NAME}; a metric's name is said by prefix, values or metric`) : text;
}

function matching(read: Read, pattern: RegExp): string {
  const text = name(read);
  return pattern.test(text)
    ? text
    : read.fail(`"${text.slice(0, 100)}" is no name: expected letters, digits and _, not starting with a digit`);
}

/** Two columns that make one series would overwrite each other's samples. */
function checkNames(mapping: UploadMapping, read: Read): void {
  const values = read.at('values');
  if (mapping.values.length === 0) values.fail('is empty: name at least one column of numbers');
  const seen = new Map<string, string>();
  for (const [index, value] of mapping.values.entries()) {
    const at = new Read(`${values.path}[${index}]`, value);
    const metric = metricOf(mapping, value);
    if (!METRIC.test(metric)) at.fail(`the column "${value.column}" gives no name of a metric; give it one`);
    const identity = mapping.metric === undefined ? metric : (value.name ?? value.column);
    const before = seen.get(identity);
    if (before !== undefined) {
      at.fail(`"${before}" and "${value.column}" would both be ${identity}; give one of them another name`);
    }
    seen.set(identity, value.column);
  }
  const labels = [
    ...mapping.labels.map((label) => label.name),
    ...Object.keys(mapping.fixed),
    ...(mapping.metric === undefined ? [] : [mapping.metric.label]),
  ];
  const twice = labels.find((label, index) => labels.indexOf(label) !== index);
  if (twice !== undefined) read.at('labels').fail(`the label ${twice} is said twice; call one of them otherwise`);
  const nameless = mapping.labels.find((label) => !LABEL.test(label.name));
  if (nameless !== undefined) read.at('labels').fail(`the column "${nameless.column}" gives no name of a label; give it one`);
}
