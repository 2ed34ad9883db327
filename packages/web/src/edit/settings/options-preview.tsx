import { useQuery } from '@tanstack/react-query';
import type { VariableOptionsAnswer, VariableOptionsRequest } from '@vitrine/model/api.ts';
import type { Dashboard } from '@vitrine/model/dashboard.ts';
import type { Variable } from '@vitrine/model/variable.ts';
import { variableValues } from '@vitrine/compute/variable/values.ts';
import type { ReactElement } from 'react';
import { askJson } from '../../api/client.ts';
import { serverClock } from '../../api/server-clock.ts';
import { useDebouncedValue } from '@mantine/hooks';
import classes from './settings.module.css';

const SHOWN = 20;
const HOUR_MS = 3_600_000;
const PAUSE_MS = 400;

/** What a variable's query finds just now. */
export function OptionsPreview({
  variable,
  dashboard,
}: {
  readonly variable: Variable;
  readonly dashboard: Dashboard;
}): ReactElement {
  const [draft] = useDebouncedValue(variable, PAUSE_MS);
  const { data, error } = useQuery({
    queryKey: ['variable-preview', dashboard.uid, draft],
    retry: false,
    queryFn: ({ signal }) => {
      const toMs = Math.round(serverClock.now());
      const body: VariableOptionsRequest = {
        dashboard: '',
        variable: draft.name,
        variables: variableValues(dashboard.variables, {}),
        fromMs: toMs - HOUR_MS,
        toMs,
        search: '',
        limit: SHOWN,
        drafts: dashboard.variables.map((other) => (other.name === draft.name ? draft : other)),
      };
      return askJson<VariableOptionsAnswer>('/api/variable-options', { method: 'POST', body, signal });
    },
  });
  if (error !== null) return <p className={classes.problem}>{error.message}</p>;
  if (data === undefined) return <p className={classes.faint}>Looking…</p>;
  const { options, total } = data;
  return (
    <p className={classes.faint} aria-live="polite">
      {total === 0
        ? 'It finds nothing in the last hour.'
        : `${total} found: ${options.map(({ text }) => text).join(', ')}${total > options.length ? ', …' : ''}`}
    </p>
  );
}
