import { linter } from '@codemirror/lint';
import type { Diagnostic } from '@codemirror/lint';
import { EditorState } from '@codemirror/state';
import type { Extension } from '@codemirror/state';
import { PromQLExtension } from '@prometheus-io/codemirror-promql';
import { QueryError } from '@vitrine/model/sample-store.ts';
import { EVERY_SYNTAX, parse } from '@vitrine/promql/parse.ts';

import { completeNames } from './complete-names.ts';
import { completeMetricsQl } from './complete-metricsql.ts';
import { maskVariables } from './mask-variables.ts';
import type { SearchNames } from './search-names.ts';

/** What a query may be written in; undefined while nobody knows, and then no word of it is called wrong. */
export type EditedDialect = 'PromQL' | 'MetricsQL' | undefined;

/** Colours, completion from the data source, and in PromQL its errors where they stand: what MetricsQL reads besides is not parsed here. */
export function promqlExtensions(search: SearchNames, dialect: EditedDialect): Extension {
  const promql = new PromQLExtension().setComplete({ completeStrategy: completeNames(search) }).activateLinter(false);
  switch (dialect) {
    case 'PromQL':
      return [promql.asExtension(), linter((view) => diagnose(view.state.doc.toString()), { delay: 250 })];
    case 'MetricsQL':
      return [promql.asExtension(), EditorState.languageData.of(() => [{ autocomplete: completeMetricsQl }])];
    case undefined:
      return promql.asExtension();
  }
}

/** What keeps a query from parsing; nothing where only the server can tell. */
function diagnose(query: string): Diagnostic[] {
  const masked = query.trim() === '' ? undefined : maskVariables(query);
  if (masked === undefined) return [];
  try {
    parse(masked.text, EVERY_SYNTAX);
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
