import { MIXED_SOURCE_UID, type Panel, type Query, type Repeat, type SourceRef } from '../dashboard.ts';
import { readFieldConfig } from './field-config.ts';
import { isObject, listOf, numberOf, objectOf, omit, saysSomething, textOf, type Json } from './json.ts';
import { readLinks } from './links.ts';
import { isMeaningFreeAnywhere, MEANING_FREE } from './meaning-free.ts';
import type { FoundPanel } from './places.ts';
import type { Notes } from './report.ts';
import { DEFAULT_SOURCE, isMixed, isOwnKind, readSource } from './source-ref.ts';
import { readTransformations } from './transformations.ts';

const MAX_QUERIES = 200;
const DOMAINS = ['time', 'step', 'epoch', 'elapsed'] as const;
const READ = [
  'id',
  'type',
  'title',
  'description',
  'gridPos',
  'targets',
  'datasource',
  'maxDataPoints',
  'interval',
  'timeFrom',
  'timeShift',
  'timeCompare',
  'hideTimeOverride',
  'transformations',
  'fieldConfig',
  'options',
  'links',
  'transparent',
  'repeat',
  'repeatDirection',
  'maxPerRow',
  'libraryPanel',
  'vitrine',
];

/** Reads a panel in the words of version 42; older ones were migrated before. */
export function readPanel({ json, id, grid, notes }: FoundPanel): Panel {
  const library = objectOf(json['libraryPanel']);
  const kind = textOf(json['type']) || (listOf(json['targets']).length > 0 ? 'timeseries' : 'text');
  if (textOf(json['type']) === '') notes.at('type').repaired(`The panel had no kind; it is a ${kind} panel now.`);
  if (!notes.isDrawn(kind) && library['uid'] === undefined) {
    notes
      .at('type')
      .unsupported(`Panels of the kind "${kind}" are not drawn here; the panel says so and keeps its JSON for export.`);
  }
  const { config, extra: fieldExtra } = readFieldConfig(json['fieldConfig'], notes.at('fieldConfig'));
  const queries = readQueries(json, notes);
  const extra: Record<string, unknown> = withoutNoise(omit(json, READ));
  if (saysSomething(fieldExtra)) extra['fieldConfig'] = fieldExtra;
  // Without a query there is nothing else that could say which source the author had chosen.
  if (queries.length === 0 && saysSomething(json['datasource'])) extra['datasource'] = json['datasource'];
  if (saysSomething(json['alert'])) {
    notes
      .at('alert')
      .unsupported('The old alert rule of the panel is not evaluated; it is kept for export. Make an alert rule of it.');
  }
  const own = objectOf(json['vitrine']);
  const repeat = readRepeat(json, notes);
  // What a repeat would say, were there one.
  if (repeat === undefined)
    Object.assign(extra, withoutNoise({ repeatDirection: json['repeatDirection'], maxPerRow: json['maxPerRow'] }));
  return {
    id,
    title: textOf(json['title']),
    description: textOf(json['description']),
    kind,
    grid,
    queries,
    queryOptions: {
      maxDataPoints: readMaxDataPoints(json['maxDataPoints'], notes),
      minInterval: textOf(json['interval']),
      timeFrom: textOf(json['timeFrom']),
      timeShift: textOf(json['timeShift']),
      hideTimeOverride: json['hideTimeOverride'] === true,
      timeCompare: textOf(json['timeCompare']),
    },
    transformations: readTransformations(json['transformations'], notes.at('transformations')),
    fieldConfig: config,
    options: objectOf(json['options']),
    links: readLinks(json['links'], notes.at('links')),
    transparent: json['transparent'] === true,
    repeat,
    libraryPanel: textOf(library['uid']) === '' ? undefined : { uid: textOf(library['uid']), name: textOf(library['name']) },
    x: DOMAINS.find((domain) => domain === own['x']),
    extra,
  };
}

function withoutNoise(rest: Json): Record<string, unknown> {
  const noise = MEANING_FREE.panel as readonly string[];
  return Object.fromEntries(
    Object.entries(rest).filter(([key, value]) => saysSomething(value) && !noise.includes(key) && !isMeaningFreeAnywhere(key)),
  );
}

function readMaxDataPoints(value: unknown, notes: Notes): number | undefined {
  const number = numberOf(value);
  if (number === undefined) return undefined;
  const points = Math.min(1_000_000, Math.max(1, Math.round(number)));
  if (points !== number) notes.at('maxDataPoints').repaired(`${number} data points became ${points}.`);
  return points;
}

function readRepeat(json: Json, notes: Notes): Repeat | undefined {
  const variable = textOf(json['repeat']);
  if (variable === '') return undefined;
  const maxPerRow = numberOf(json['maxPerRow']) ?? 4;
  const fits = Math.min(24, Math.max(1, Math.round(maxPerRow)));
  if (fits !== maxPerRow) notes.at('maxPerRow').repaired(`${maxPerRow} panels a row became ${fits}.`);
  return { variable, direction: json['repeatDirection'] === 'v' ? 'vertical' : 'horizontal', maxPerRow: fits };
}

function readQueries(json: Json, notes: Notes): Query[] {
  const targets = listOf(json['targets']);
  const at = notes.at('targets');
  if (targets.length > MAX_QUERIES) at.unsupported(`There are ${targets.length} queries; the first ${MAX_QUERIES} are kept.`);
  const ofPanel = readSource(json['datasource'], notes.at('datasource'));
  const refIds = new Set<string>();
  const given = new Set(targets.map((target) => textOf(objectOf(target)['refId'])));
  return targets.slice(0, MAX_QUERIES).flatMap((target, index): Query[] => {
    const own = at.at(`[${index}]`);
    if (!isObject(target)) {
      own.repaired('Expected a query; it was left out.');
      return [];
    }
    const wanted = textOf(target['refId']);
    const refId = wanted === '' || refIds.has(wanted) ? freeRefId(given) : wanted;
    if (refId !== wanted) {
      own
        .at('refId')
        .repaired(
          wanted === ''
            ? `The query had no refId; it is ${refId} now.`
            : `Another query is called ${wanted}; this one is ${refId} now.`,
        );
    }
    refIds.add(refId);
    given.add(refId);
    const spec = withoutHash(omit(target, ['refId', 'datasource', 'hide']));
    const source = sourceOf(target, ofPanel, own.at('datasource'));
    const hidden = target['hide'] === true;
    const blank = !hidden && isBlank(spec, source);
    if (blank) own.repaired('The query asks nothing; it is hidden, as Grafana passes over it.');
    return [{ refId, source, hidden: hidden || blank, spec }];
  });
}

/** How a query of PromQL or LogQL is asked, without what. */
const MANNER = new Set(
  (
    'expr legendFormat format interval instant range exemplar intervalFactor step editorMode metric queryType refCount useBackend ' +
    'disableTextWrap fullMetaSearch includeNullMetadata legendLink hide'
  ).split(' '),
);

/** An editor leaves such queries behind: only how to ask, nothing to be asked. */
function isBlank(spec: Json, { type, uid }: SourceRef): boolean {
  if (uid.startsWith('-- ') || !['', 'prometheus', 'loki'].includes(type)) return false;
  const said = Object.entries(spec).filter(([, value]) => saysSomething(value));
  return textOf(spec['expr']).trim() === '' && said.every(([key]) => MANNER.has(key));
}

function withoutHash(spec: Json): Json {
  return Object.fromEntries(Object.entries(spec).filter(([key]) => !isMeaningFreeAnywhere(key)));
}

/** As Grafana does: the panel's source wins over its queries' unless it is mixed or the default. */
function sourceOf(target: Json, ofPanel: SourceRef, notes: Notes): SourceRef {
  const own = target['datasource'] === undefined ? DEFAULT_SOURCE : readSource(target['datasource'], notes);
  if (isOwnKind(own)) return own;
  if (own.uid === '') return isMixed(ofPanel) ? own : ofPanel.uid === '' && own.type !== '' ? own : ofPanel;
  if (ofPanel.uid === '') return own.type === '' ? { type: ofPanel.type, uid: own.uid } : own;
  if (isMixed(ofPanel) || ofPanel.type === 'datasource' || ofPanel.type === 'grafana') return own;
  if (sameUid(own.uid, ofPanel.uid)) return own.type === '' ? ofPanel : own;
  notes.repaired(`The query names the source ${own.uid} and its panel ${ofPanel.uid}; it runs on the panel's, as in Grafana.`);
  return ofPanel;
}

/** `$name` and `${name}` are the same variable. */
function sameUid(a: string, b: string): boolean {
  const bare = (uid: string): string => uid.replace(/^\$\{(\w+)\}$/, '$$$1').replace(/^\[\[(\w+)\]\]$/, '$$$1');
  return bare(a) === bare(b);
}

const LETTERS = Array.from({ length: 26 }, (_, index) => String.fromCodePoint(65 + index));
/** A to Z, then AA, AB, …: more than a panel has queries. */
const REF_IDS = [...LETTERS, ...LETTERS.flatMap((first) => LETTERS.map((second) => first + second))];

function freeRefId(given: ReadonlySet<string>): string {
  return REF_IDS.find((name) => !given.has(name)) ?? `Q${given.size}`;
}

/** The source that stands on the panel: what its queries agree on. */
export function sourceOfAll(queries: readonly Query[]): SourceRef | undefined {
  const [first, ...others] = queries.filter(({ source }) => source.uid !== '__expr__').map(({ source }) => source);
  if (first === undefined) return queries[0]?.source;
  const agree = others.every(({ type, uid }) => type === first.type && uid === first.uid);
  return agree ? first : { type: 'datasource', uid: MIXED_SOURCE_UID };
}
