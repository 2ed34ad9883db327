import type { CompletionContext, CompletionResult } from '@codemirror/autocomplete';
import { METRICSQL_FUNCTIONS } from '@vitrine/promql/metrics-ql.ts';

const OPTIONS = [...METRICSQL_FUNCTIONS].map((label) => ({ label, type: 'function', detail: 'MetricsQL' }));

/** Functions that PromQL does not have, where a name may stand. */
export function completeMetricsQl(context: CompletionContext): CompletionResult | null {
  const word = context.matchBefore(/[A-Za-z_][A-Za-z0-9_]*/);
  if (word === null || isInside(context.state.doc.sliceString(0, word.from))) return null;
  return { from: word.from, options: OPTIONS, validFor: /^[A-Za-z0-9_]*$/ };
}

/** Whether a text ends within a string, or between braces or brackets, where no function stands. */
function isInside(text: string): boolean {
  const open: string[] = [];
  for (const [token] of text.matchAll(/"(?:[^"\\]|\\[^])*"|'(?:[^'\\]|\\[^])*'|`[^`]*`|["'`{}[\]]/g)) {
    if (token.length > 1) continue;
    if ('"\'`'.includes(token)) return true;
    if ('{['.includes(token)) open.push(token);
    else open.pop();
  }
  return open.length > 0;
}
