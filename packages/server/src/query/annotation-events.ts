import { parseTimeRegion, regionsIn } from '@vitrine/compute/time-regions.ts';
import { textsOf } from '@vitrine/compute/variable/order.ts';
import { BadRequest } from '@vitrine/model/bad-request.ts';
import { type AnnotationQuery, GRAFANA_SOURCE_UID } from '@vitrine/model/dashboard.ts';
import type { AnnotationEvent, Notice } from '@vitrine/model/frame.ts';
import { Read } from '@vitrine/model/parse/read.ts';
import type { AnnotationDocuments } from '../documents/annotations.ts';
import { replyFor } from '../http/errors.ts';
import type { PageScope } from './page-scope.ts';

export interface FoundEvents {
  /** In the order of time. */
  readonly events: readonly AnnotationEvent[];
  readonly notices: readonly Notice[];
}

/** Of one query, and of all together: more marks than a page can draw. */
const MAX_EVENTS = 10_000;
const DEFAULT_LIMIT = 1_000;

/** What people wrote down on a dashboard is shown there, whether or not its document speaks of it. */
const OWN_EVENTS: AnnotationQuery = {
  name: 'Annotations & Alerts',
  source: { type: 'grafana', uid: GRAFANA_SOURCE_UID },
  enable: true,
  hide: true,
  builtIn: true,
  color: '',
  filter: undefined,
  spec: {},
  extra: {},
};

/**
 * Asks all annotation queries that are switched on. A query that fails leaves a notice and no events. Who shows only some
 * panels' events looks at each query's own `filter`.
 */
export async function findAnnotationEvents(
  queries: readonly AnnotationQuery[],
  scope: PageScope,
  saved: Pick<AnnotationDocuments, 'find'>,
  enabled: Readonly<Record<string, boolean>>,
  signal: AbortSignal,
): Promise<FoundEvents> {
  const all = queries.some(({ builtIn }) => builtIn) ? queries : [OWN_EVENTS, ...queries];
  const asked = all.filter(({ name, enable }) => (Object.hasOwn(enabled, name) ? enabled[name] === true : enable));
  const outcomes = await Promise.allSettled(asked.map((query) => findEvents(query, scope, saved, signal)));
  signal.throwIfAborted();
  const events: AnnotationEvent[] = [];
  const notices: Notice[] = [...scope.notices];
  for (const [index, outcome] of outcomes.entries()) {
    if (outcome.status === 'fulfilled') events.push(...outcome.value);
    else notices.push({ level: 'error', text: `Annotations "${asked[index]!.name}": ${replyFor(outcome.reason).message}` });
  }
  events.sort((a, b) => a.timeMs - b.timeMs || a.endMs - b.endMs);
  if (events.length <= MAX_EVENTS) return { events, notices };
  notices.push({
    level: 'warning',
    text: `Showing the newest ${MAX_EVENTS.toLocaleString('en')} of ${events.length.toLocaleString('en')} annotations; switch some off or ask for a shorter range.`,
  });
  return { events: events.slice(-MAX_EVENTS), notices };
}

async function findEvents(
  query: AnnotationQuery,
  scope: PageScope,
  saved: Pick<AnnotationDocuments, 'find'>,
  signal: AbortSignal,
): Promise<AnnotationEvent[]> {
  const { name, color, spec, source } = query;
  await scope.prepare(textsOf(spec));
  if (
    query.builtIn ||
    source.uid === GRAFANA_SOURCE_UID ||
    source.type === 'grafana' ||
    (source.type === 'datasource' && source.uid === 'grafana')
  ) {
    return ownEvents(query, scope, saved);
  }
  const open = await scope.open(source);
  const context = { ...scope.context({ signal, widthPx: 1_000 }), filters: await scope.filtersOf(open) };
  const found = await open.annotations(spec, context);
  return found.map((event) => ({ ...event, query: name, color }));
}

/** What people and programs wrote down: of this dashboard, or of all that carry the query's tags. */
async function ownEvents(
  { name, color, spec, builtIn }: AnnotationQuery,
  scope: PageScope,
  saved: Pick<AnnotationDocuments, 'find'>,
): Promise<AnnotationEvent[]> {
  const { fromMs, toMs, dashboard } = scope.page;
  // Old documents say it beside the target.
  const target = new Read('target', spec['target'] ?? spec);
  if (target.at('queryType').value === 'timeRegions') return timeRegions(target.at('timeRegion').value, { name, color }, scope);
  const type = builtIn ? 'dashboard' : target.at('type').or('dashboard', (it) => it.string());
  const limit = target
    .at('limit')
    .or(DEFAULT_LIMIT, (it) => Math.min(MAX_EVENTS, Math.max(1, Math.floor(Number(it.value)) || DEFAULT_LIMIT)));
  const tags = target.at('tags').or([], (it) => it.array().flatMap((tag) => splitTags(scope.replace(tag.string(), 'csv'))));
  if (type === 'tags' && tags.length === 0) throw new BadRequest('target.tags', 'names no tag; write at least one');
  const range = { fromMs, toMs, limit };
  const found =
    type === 'tags'
      ? await saved.find({ ...range, tags, matchAny: target.at('matchAny').value === true })
      : [
          ...(await saved.find({ ...range, dashboardUid: dashboard.uid })),
          // What names no dashboard happened to all of them: a deployment, by one curl.
          ...(dashboard.uid === '' ? [] : await saved.find({ ...range, dashboardUid: '' })),
        ];
  return found.map((annotation): AnnotationEvent => {
    const title = annotation.data['title'];
    return {
      id: annotation.id,
      query: name,
      timeMs: annotation.timeMs,
      endMs: annotation.endMs,
      title: typeof title === 'string' ? title : '',
      text: annotation.text,
      tags: annotation.tags,
      color,
      ...(annotation.panelId === undefined || annotation.dashboardUid !== dashboard.uid ? {} : { panelId: annotation.panelId }),
    };
  });
}

function timeRegions(region: unknown, query: Pick<AnnotationQuery, 'name' | 'color'>, { page }: PageScope): AnnotationEvent[] {
  return regionsIn(parseTimeRegion(region, page.timeZone), page).map(({ fromMs, toMs }) => ({
    query: query.name,
    timeMs: fromMs,
    endMs: toMs,
    title: query.name,
    text: '',
    tags: [],
    color: query.color,
  }));
}

/** A variable of several values stands for several tags. */
function splitTags(text: string): string[] {
  return text
    .split(',')
    .map((tag) => tag.trim())
    .filter((tag) => tag !== '');
}
