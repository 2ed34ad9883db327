import { autocompletion, type Completion, type CompletionContext, type CompletionResult } from '@codemirror/autocomplete';
import type { Extension } from '@codemirror/state';

import type { CodeLanguage } from '../spec.ts';
import { fieldsOf } from './lucene-completion.ts';

/** Commands and what stands beside them, as the languages' documentation lists them. */
const WORDS: Readonly<Record<CodeLanguage, string>> = {
  ESQL: 'FROM ROW SHOW DISSECT DROP ENRICH EVAL GROK KEEP LIMIT MV_EXPAND RENAME SORT STATS WHERE BY AS ASC DESC AND OR NOT IN LIKE RLIKE COUNT(*) BUCKET( AVG( SUM( MIN( MAX( PERCENTILE( COUNT_DISTINCT( DATE_TRUNC( TO_DATETIME(',
  SQL: 'SELECT FROM WHERE GROUP BY HAVING ORDER LIMIT AS ASC DESC AND OR NOT IN LIKE BETWEEN NULL DISTINCT COUNT(*) AVG( SUM( MIN( MAX(',
  PPL: 'source= where fields rename stats dedup sort eval head top rare parse grok patterns describe by as and or not in like span( count() avg( sum( min( max( percentile(',
};
const MACROS: readonly Completion[] = [
  { label: '$__timeFilter', detail: 'a field is within the range', apply: '$__timeFilter(@timestamp)' },
  { label: '$__timeFrom', detail: 'the start of the range', apply: '$__timeFrom()' },
  { label: '$__timeTo', detail: 'the end of the range', apply: '$__timeTo()' },
  { label: '$__interval', detail: 'the step' },
].map((one) => ({ ...one, type: 'function' }));

/** Completes commands, macros, variables, and the names of fields from the data source. */
export function codeCompletion(
  language: CodeLanguage,
  ask: (path: string) => Promise<unknown>,
  variables: readonly string[],
): Extension {
  const words = WORDS[language].split(' ').map((label): Completion => ({ label, type: 'keyword', boost: -1 }));
  const dollars = [
    ...MACROS,
    ...variables.map((name): Completion => ({ label: `$${name}`, detail: 'variable', type: 'variable' })),
  ];
  const complete = async (context: CompletionContext): Promise<CompletionResult | null> => {
    const macro = context.matchBefore(/\$\w*/);
    if (macro !== null) return { from: macro.from, options: dollars, validFor: /^\$\w*$/ };
    const word = context.matchBefore(/[\w.@]+$/);
    if (word === null && !context.explicit) return null;
    const fields = (await fieldsOf(ask, '')).map(({ name, types }): Completion => ({
      label: name,
      detail: types.join(', '),
      type: 'property',
    }));
    return { from: word?.from ?? context.pos, options: [...fields, ...words] };
  };
  return autocompletion({ override: [complete] });
}
