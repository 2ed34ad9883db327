import { Readable } from 'node:stream';
import type { CurveSummary } from '@vitrine/model/curve-store.ts';
import type { Project, Run } from '@vitrine/model/run.ts';
import type { RunLink } from '../../documents/mlflow.ts';
import { Fields } from '../../runs/mlflow/fields.ts';
import { offsetOf, tokenAt } from '../../runs/mlflow/page.ts';
import {
  attributesNamed,
  inOrder,
  matches,
  metricsIn,
  type Order,
  parseFilter,
  parseOrder,
  type Searched,
} from '../../runs/mlflow/search-filter.ts';
import { allTags, lifecycleStage, runArtifactUri, statusWord, wireRun } from '../../runs/mlflow/wire.ts';
import type { OwnRuns } from '../../own/own-runs.ts';
import type { Endpoint, MlflowNeeds } from './endpoint.ts';
import { readMaxResults, readViewType, type ViewType } from './search-fields.ts';

const ATTRIBUTES = attributesNamed(
  ['run_id', 'run_name', 'status', 'artifact_uri', 'user_id', 'experiment_id', 'lifecycle_stage'],
  ['start_time', 'end_time'],
  { 'run name': 'run_name', 'Run name': 'run_name', 'Run Name': 'run_name', created: 'start_time', Created: 'start_time' },
);
/** Where an answer gets longer it ends, with a token for the rest. */
const MOST_CHARACTERS = 64 * 1024 * 1024;
/** Runs of which the metrics are read at a time: each may have thousands. */
const AT_ONCE = 20;

/** Runs that a filter lets through. */
export function searchRunsEndpoint({ documents }: MlflowNeeds): Endpoint {
  async function candidates(runs: OwnRuns, projectIds: ReadonlySet<number>, view: ViewType): Promise<Run[]> {
    const some = [...(view === 'DELETED_ONLY' ? [] : await runs.all()), ...(view === 'ACTIVE_ONLY' ? [] : await runs.deleted())];
    return some
      .filter(({ projectId }) => projectIds.has(projectId))
      .toSorted((a, b) => b.startedMs - a.startedMs || (a.id < b.id ? -1 : 1));
  }

  return {
    method: 'POST',
    path: '/runs/search',
    access: 'read',
    summary: 'Runs that a filter lets through',
    async answer(fields: Fields, { own: { runs } }) {
      const clauses = parseFilter(fields.text('filter') ?? '', ATTRIBUTES);
      const orders = fields.texts('order_by').map((text) => parseOrder(text, ATTRIBUTES));
      const most = readMaxResults(fields, 1_000);
      const offset = offsetOf(fields.text('page_token'));
      const projectIds = new Set(fields.texts('experiment_ids').map(Number));
      const some = await candidates(runs, projectIds, readViewType(fields, 'run_view_type'));
      const ids = some.map(({ id }) => id);
      const asked = metricsIn(clauses, orders);
      const projects = new Map((await runs.projects()).map((project) => [project.id, project]));
      const summaries = asked.length === 0 ? [] : await runs.curves.summaries({ runs: ids, metrics: asked });
      const asksDatasets = clauses.some(({ operand }) => operand.entity === 'dataset');
      const links = asksDatasets ? await documents.mlflow.links(ids) : [];
      const searched = searchedBy(projects, summaries, links);
      const found = inOrder(
        some.filter((run) => matches(clauses, searched(run))),
        orders as readonly Order[],
        searched,
      );
      const page = found.slice(offset, offset + most);
      return Readable.from(runsAsJson(runs, page, projects, offset, found.length), { objectMode: false });
    },
  };

  /** An answer that is never in memory whole. */
  async function* runsAsJson(
    runs: OwnRuns,
    page: readonly Run[],
    projects: ReadonlyMap<number, Project>,
    offset: number,
    total: number,
  ): AsyncGenerator<string> {
    let written = 0;
    let characters = 0;
    yield '{"runs":[';
    for (let at = 0; at < page.length && characters < MOST_CHARACTERS; at += AT_ONCE) {
      const some = page.slice(at, at + AT_ONCE);
      const ids = some.map(({ id }) => id);
      const [summaries, links] = await Promise.all([runs.curves.summaries({ runs: ids }), documents.mlflow.links(ids)]);
      const metricsOf = Map.groupBy(summaries, ({ run }) => run);
      const linksOf = Map.groupBy(links, ({ runId }) => runId);
      for (const run of some) {
        const parts = {
          project: projects.get(run.projectId),
          metrics: metricsOf.get(run.id) ?? [],
          links: linksOf.get(run.id) ?? [],
        };
        const text = JSON.stringify(wireRun(run, parts));
        yield written === 0 ? text : `,${text}`;
        written++;
        characters += text.length;
        if (characters >= MOST_CHARACTERS) break;
      }
    }
    yield offset + written < total ? `],"next_page_token":"${tokenAt(offset + written)}"}` : ']}';
  }
}

function searchedBy(
  projects: ReadonlyMap<number, Project>,
  summaries: readonly CurveSummary[],
  links: readonly RunLink[],
): (run: Run) => Searched {
  const latest = new Map<string, Map<string, number>>();
  for (const { run, metric, latest: point } of summaries) {
    const ofRun = latest.get(run) ?? new Map<string, number>();
    latest.set(run, ofRun.set(metric, point.value));
  }
  const linksOf = Map.groupBy(links, ({ runId }) => runId);
  return (run) => {
    const tags = allTags(run);
    return {
      metric: (key) => latest.get(run.id)?.get(key),
      param: (key) => (Object.hasOwn(run.params, key) ? run.params[key] : undefined),
      tag: (key) => (Object.hasOwn(tags, key) ? tags[key] : undefined),
      attribute: (name) => attributeOf(run, name, projects),
      dataset: (name) => (linksOf.get(run.id) ?? []).flatMap((link) => datasetTexts(link, name)),
    };
  };
}

function attributeOf(run: Run, name: string, projects: ReadonlyMap<number, Project>): string | number | undefined {
  switch (name) {
    case 'run_id':
      return run.id;
    case 'run_name':
      return run.name;
    case 'status':
      return statusWord(run.status);
    case 'artifact_uri':
      return runArtifactUri(run, projects.get(run.projectId));
    case 'user_id':
      return run.user;
    case 'experiment_id':
      return String(run.projectId);
    case 'lifecycle_stage':
      return lifecycleStage(run.deletedMs);
    case 'start_time':
      return run.startedMs;
    default:
      return run.endedMs;
  }
}

/** Name, digest or context of the dataset that a link leads to. */
function datasetTexts({ kind, json }: RunLink, name: string): string[] {
  if (kind !== 'dataset') return [];
  const { dataset, tags } = JSON.parse(json) as {
    readonly dataset: { readonly name: string; readonly digest: string };
    readonly tags: readonly { readonly key: string; readonly value: string }[];
  };
  if (name === 'name') return [dataset.name];
  if (name === 'digest') return [dataset.digest];
  return tags.filter(({ key }) => key === 'mlflow.data.context').map(({ value }) => value);
}
