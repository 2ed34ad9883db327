import { Button, Group, SegmentedControl, Select, Switch, TextInput } from '@mantine/core';
import { QueryError } from '@vitrine/model/sample-store.ts';
import { EVERY_SYNTAX, parse } from '@vitrine/promql/parse.ts';
import { printPretty } from '@vitrine/promql/print-pretty.ts';
import { CodeEditor } from '@vitrine/ui/editor/code-editor.tsx';
import { useMemo, useState } from 'react';
import type { ReactElement } from 'react';

import type { QueryEditorProps } from '../../../contract.ts';
import { ExplainTree } from './explain-tree.tsx';
import { maskVariables } from './mask-variables.ts';
import { MetricsBrowser } from './metrics-browser.tsx';
import { type EditedDialect, promqlExtensions } from './promql-extensions.ts';
import { type AskSource, listedNames, rankedNames } from './search-names.ts';
import classes from './query-editor.module.css';

const FORMATS = [
  { value: 'time_series', label: 'Time series' },
  { value: 'table', label: 'Table' },
  { value: 'heatmap', label: 'Heatmap' },
];
const KINDS = [
  { value: 'range', label: 'Range' },
  { value: 'instant', label: 'Instant' },
  { value: 'both', label: 'Both' },
];

type Help = 'explain' | 'metrics';

export type { EditedDialect };

export interface PromQueryEditorProps extends QueryEditorProps {
  /** Absent is PromQL. */
  readonly dialect?: EditedDialect;
  /** Whether the source only lists names, and does not search among them; absent is no. */
  readonly onlyLists?: boolean;
  readonly ask: AskSource;
}

/** One PromQL query: its text with completion, and how its answer is to come. */
export function QueryEditor({ spec, onChange, onRun, ask, onlyLists = false, ...more }: PromQueryEditorProps): ReactElement {
  const dialect = 'dialect' in more ? more.dialect : 'PromQL';
  const expr = textOf(spec['expr']);
  const [help, setHelp] = useState<Help>();
  const search = useMemo(() => (onlyLists ? listedNames(ask) : rankedNames(ask)), [ask, onlyLists]);
  const extensions = useMemo(() => promqlExtensions(search, dialect), [search, dialect]);
  const set = (change: Readonly<Record<string, unknown>>) => onChange({ ...spec, ...change });
  const kind = spec['instant'] === true ? (spec['range'] === true ? 'both' : 'instant') : 'range';
  const toggle = (which: Help) => setHelp((now) => (now === which ? undefined : which));
  const pretty = prettify(expr);
  return (
    <div className={classes.query}>
      <CodeEditor
        label="PromQL query"
        value={expr}
        onChange={(text) => set({ expr: text })}
        extensions={extensions}
        placeholder="rate(http_requests_total[$__rate_interval])"
        onRun={onRun}
      />
      <Group gap={8} align="end" className={classes.options}>
        <TextInput
          label="Legend"
          size="xs"
          placeholder="auto, or {{label}}"
          value={textOf(spec['legendFormat'])}
          onChange={(event) => set({ legendFormat: event.currentTarget.value })}
        />
        <Select
          label="Format"
          size="xs"
          w={120}
          allowDeselect={false}
          data={FORMATS}
          value={textOf(spec['format']) || 'time_series'}
          onChange={(format) => set({ format })}
        />
        <SegmentedControl
          size="xs"
          aria-label="Ask over the range or at its end"
          data={KINDS}
          value={kind}
          onChange={(next) => set({ instant: next !== 'range', range: next !== 'instant' })}
        />
        <TextInput
          label="Min step"
          size="xs"
          w={90}
          placeholder="auto"
          value={textOf(spec['interval'])}
          onChange={(event) => set({ interval: event.currentTarget.value })}
        />
        <Switch
          size="xs"
          className={classes.toggle}
          label="Exemplars"
          checked={spec['exemplar'] === true}
          onChange={(event) => set({ exemplar: event.currentTarget.checked })}
        />
        <span className={classes.space} />
        <span className={classes.help}>
          <Button
            size="compact-xs"
            variant="subtle"
            color="gray"
            aria-expanded={help === 'metrics'}
            onClick={() => toggle('metrics')}
          >
            Metrics
          </Button>
          <Button
            size="compact-xs"
            variant="subtle"
            color="gray"
            disabled={pretty === undefined || pretty === expr}
            onClick={() => set({ expr: pretty })}
          >
            Prettify
          </Button>
          <Button
            size="compact-xs"
            variant="subtle"
            color="gray"
            aria-expanded={help === 'explain'}
            onClick={() => toggle('explain')}
          >
            Explain
          </Button>
        </span>
      </Group>
      {help === 'explain' && <ExplainTree expr={expr} isDialect={dialect === 'MetricsQL'} />}
      {help === 'metrics' && (
        <MetricsBrowser
          search={search}
          onPick={(selector) => {
            set({ expr: expr.trim() === '' ? selector : `${expr} ${selector}` });
            setHelp(undefined);
          }}
        />
      )}
    </div>
  );
}

/** undefined where it does not parse, or holds variables that would be lost. */
function prettify(expr: string): string | undefined {
  if (expr.trim() === '' || maskVariables(expr)?.text !== expr) return undefined;
  try {
    return printPretty(parse(expr, EVERY_SYNTAX));
  } catch (error) {
    if (error instanceof QueryError) return undefined;
    throw error;
  }
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
