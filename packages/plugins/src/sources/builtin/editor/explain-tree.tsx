import { QueryError } from '@vitrine/model/sample-store.ts';
import { explain } from '@vitrine/promql/explain.ts';
import type { Explanation } from '@vitrine/promql/explain.ts';
import { EVERY_SYNTAX, parse } from '@vitrine/promql/parse.ts';
import type { ReactElement } from 'react';

import { maskVariables } from './mask-variables.ts';
import classes from './query-editor.module.css';

export interface ExplainTreeProps {
  readonly expr: string;
  /** Whether the server reads more than PromQL. */
  readonly isDialect: boolean;
}

/** An expression taken apart, the outermost part first, each with a sentence. */
export function ExplainTree({ expr, isDialect }: ExplainTreeProps): ReactElement {
  const told = tell(expr, isDialect);
  return (
    <div className={classes.explain} role="region" aria-label="What the query computes">
      {typeof told === 'string' ? <p>{told}</p> : <Part {...told} />}
    </div>
  );
}

function Part({ text, sentence, parts }: Explanation): ReactElement {
  return (
    <div className={classes.part}>
      <p>{sentence}</p>
      <code>{text}</code>
      {parts.map((part) => (
        <Part key={part.span.from} {...part} />
      ))}
    </div>
  );
}

function tell(expr: string, isDialect: boolean): Explanation | string {
  if (expr.trim() === '') return 'There is no query yet.';
  const masked = maskVariables(expr);
  if (masked === undefined)
    return 'The query holds a variable where a name or an operator stands: what it does depends on its value.';
  try {
    return explain(parse(masked.text, EVERY_SYNTAX));
  } catch (error) {
    if (!(error instanceof QueryError)) throw error;
    if (isDialect) return 'The query is MetricsQL beyond PromQL: only its server knows what it computes.';
    return `The query does not parse: ${error.message}.`;
  }
}
