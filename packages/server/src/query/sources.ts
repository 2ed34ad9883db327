import type { Query } from '@vitrine/model/dashboard.ts';
import { BadRequest } from '@vitrine/model/bad-request.ts';
import type { Growth, SampleStore } from '@vitrine/model/sample-store.ts';
import type { QueryAnswer, QueryContext } from '@vitrine/plugins/contract.ts';
import { builtin } from '@vitrine/plugins/sources/builtin/server.ts';

/** The connected data sources, by the uid that stands in a query. */
export interface Sources {
  run(query: Query, context: QueryContext): Promise<QueryAnswer>;
  /** Returns the way to stop; undefined where this source cannot tell of growth. */
  watch(query: Query, onGrowth: (growth: Growth) => void): (() => void) | undefined;
}

/** A source whose queries' own type is hidden: it parses what it runs. */
interface OpenSource {
  run(refId: string, spec: unknown, context: QueryContext): Promise<QueryAnswer>;
  watch(spec: unknown, onGrowth: (growth: Growth) => void): (() => void) | undefined;
}

export function connectSources(samples: SampleStore, scrapeIntervalMs: number): Sources {
  const { spec } = builtin;
  const own = builtin.connect(spec.parseSettings({ scrapeIntervalMs }), { samples, fetch });
  const byUid = new Map<string, OpenSource>([
    [
      'builtin',
      {
        run: (refId, query, context) => own.query(refId, spec.parseQuery(query), context),
        watch: (query, onGrowth) => own.watch?.(spec.parseQuery(query), onGrowth),
      },
    ],
  ]);
  const find = (query: Query): OpenSource => {
    const source = byUid.get(query.source.uid);
    if (source === undefined)
      throw new BadRequest('source', `there is no data source "${query.source.uid}"; known are ${[...byUid.keys()].join(', ')}`);
    return source;
  };
  return {
    run: (query, context) => find(query).run(query.refId, query.spec, context),
    watch: (query, onGrowth) => find(query).watch(query.spec, onGrowth),
  };
}
