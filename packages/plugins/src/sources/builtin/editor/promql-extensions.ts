import { linter } from '@codemirror/lint';
import type { Diagnostic } from '@codemirror/lint';
import type { Extension } from '@codemirror/state';
import type { PrometheusClient } from '@prometheus-io/codemirror-promql';
import { PromQLExtension } from '@prometheus-io/codemirror-promql';
import { QueryError } from '@vitrine/model/sample-store.ts';
import { parse } from '@vitrine/promql/parse.ts';

import { maskVariables } from './mask-variables.ts';

/** PromQL's colours, its completion from the data source, and its errors where they stand. */
export function promqlExtensions(client: PrometheusClient): Extension {
  const promql = new PromQLExtension().setComplete({ remote: client }).activateLinter(false);
  return [promql.asExtension(), linter((view) => diagnose(view.state.doc.toString()), { delay: 250 })];
}

/** What keeps a query from parsing; nothing where only the server can tell. */
function diagnose(query: string): Diagnostic[] {
  const masked = query.trim() === '' ? undefined : maskVariables(query);
  if (masked === undefined) return [];
  try {
    parse(masked.text, {
      experimentalFunctions: true,
      durationExpressions: true,
      extendedRangeSelectors: true,
      binaryFill: true,
    });
    return [];
  } catch (error) {
    if (!(error instanceof QueryError)) throw error;
    const from = masked.positionOf(error.from ?? 0);
    const to = masked.positionOf(error.to ?? masked.text.length);
    // An error at the end stands on the last character, so that it can be seen.
    const start = Math.min(from, Math.max(0, query.length - 1));
    return [{ from: start, to: Math.max(start, Math.min(query.length, to)), severity: 'error', message: error.message }];
  }
}
