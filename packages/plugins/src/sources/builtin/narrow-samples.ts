import { QueryError, type Selector } from '@vitrine/model/sample-store.ts';
import type { AdhocFilter } from '@vitrine/model/variable.ts';
import { addFilters, filterMatchers } from './add-filters.ts';
import type { PromSamples } from './prom-source.ts';

/** What a server itself finds by text in a dialect of its own, which has no tree here. */
export interface DialectWords {
  /** Must hold in every selector, whatever the text. */
  readonly filters?: Selector;
  /** A selector in the dialect's own words. */
  readonly match?: string;
}

/** What is asked, and of which samples. */
export interface Narrowed {
  readonly expr: string;
  readonly samples: PromSamples;
}

/**
 * Puts the filters into the expression's tree. What has no tree here is asked as it is written, of a server that puts the filters in
 * itself. Throws QueryError where neither can be, BadRequest for a filter that labels cannot be compared by.
 */
export async function narrowSamples(
  samples: PromSamples,
  expr: string,
  filters: readonly AdhocFilter[],
  signal: AbortSignal,
): Promise<Narrowed> {
  try {
    return { expr: addFilters(expr, filters), samples };
  } catch (error) {
    if (!(error instanceof QueryError)) throw error;
    const narrowed = await samples.inDialect?.({ filters: filterMatchers(filters) }, signal);
    if (narrowed === undefined) throw error;
    return { expr, samples: narrowed };
  }
}
