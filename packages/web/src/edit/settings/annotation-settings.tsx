import { Select, Switch, TagsInput, TextInput } from '@mantine/core';
import type { AnnotationQuery, SourceRef } from '@vitrine/model/dashboard.ts';
import { GRAFANA_SOURCE_UID } from '@vitrine/model/dashboard.ts';
import type { ReactElement } from 'react';
import type { OptionControl } from '@vitrine/plugins/contract.ts';
import { ColorField } from '../form/color-field.tsx';
import { Control } from '../form/control.tsx';
import { RowList } from '../form/row-list.tsx';
import { readPath, writePath } from '../form/path.ts';
import type { SourceChoice } from '../panel/queries-tab.tsx';
import { SpecJson } from '../panel/spec-json.tsx';
import { sourceWebOf, useSourceWeb } from '../panel/source-webs.ts';
import type { GeneralSettingsProps } from './general-settings.tsx';
import classes from './settings.module.css';

const OWN: SourceChoice = { ref: { type: 'grafana', uid: GRAFANA_SOURCE_UID }, name: 'Annotations written down here' };

const NEW_QUERY: AnnotationQuery = {
  name: 'Deployments',
  source: OWN.ref,
  enable: true,
  hide: false,
  builtIn: false,
  color: 'blue',
  filter: undefined,
  spec: { target: { type: 'tags', tags: ['deployment'], matchAny: false, limit: 100 } },
  extra: {},
};

export interface AnnotationSettingsProps extends GeneralSettingsProps {
  readonly sources: readonly SourceChoice[];
}

/** Where marks on the charts come from: by tags, or from a query. */
export function AnnotationSettings({ dashboard, sources, onChange }: AnnotationSettingsProps): ReactElement {
  const choices = [OWN, ...sources];
  return (
    <RowList
      ordered
      noun="annotation query"
      rows={dashboard.annotations}
      onChange={(annotations) => onChange((now) => ({ ...now, annotations }), 'annotations')}
      make={() => NEW_QUERY}
    >
      {(query, change) => (
        <div className={classes.item}>
          <div className={classes.pair}>
            <TextInput
              label="Name"
              value={query.name}
              onChange={(event) => change({ ...query, name: event.currentTarget.value })}
            />
            <Select
              label="Source"
              allowDeselect={false}
              data={[
                ...choices.map(({ ref, name }) => ({ value: ref.uid, label: name })),
                ...(choices.some(({ ref }) => ref.uid === query.source.uid)
                  ? []
                  : [{ value: query.source.uid, label: query.source.uid || query.source.type }]),
              ]}
              value={query.source.uid}
              onChange={(uid) => {
                const chosen = choices.find(({ ref }) => ref.uid === uid);
                if (chosen !== undefined) {
                  change({
                    ...query,
                    source: chosen.ref,
                    spec: chosen === OWN ? NEW_QUERY.spec : sameKind(chosen.ref, query.source) ? query.spec : {},
                  });
                }
              }}
            />
            <ColorField label="Colour" value={query.color} onChange={(color) => change({ ...query, color })} />
          </div>
          <QuerySpec query={query} onChange={(spec) => change({ ...query, spec })} />
          <div className={classes.pair}>
            <Switch
              size="xs"
              label="On"
              checked={query.enable}
              onChange={(event) => change({ ...query, enable: event.currentTarget.checked })}
            />
            <Switch
              size="xs"
              label="Offer a switch in the bar"
              checked={!query.hide}
              onChange={(event) => change({ ...query, hide: !event.currentTarget.checked })}
            />
          </div>
        </div>
      )}
    </RowList>
  );
}

interface QuerySpecProps {
  readonly query: AnnotationQuery;
  readonly onChange: (spec: Readonly<Record<string, unknown>>) => void;
}

function QuerySpec({ query: { name, source, spec }, onChange }: QuerySpecProps): ReactElement {
  const set = (path: string, value: unknown) => onChange(writePath(spec, path, value));
  const { web } = useSourceWeb(source);
  if (source.uid === GRAFANA_SOURCE_UID) {
    const tags = readPath(spec, 'target.tags');
    const byTags = readPath(spec, 'target.type') === 'tags';
    return (
      <div className={classes.pair}>
        <Select
          label="Which"
          allowDeselect={false}
          data={[
            { value: 'tags', label: 'With tags, of any dashboard' },
            { value: 'dashboard', label: 'Of this dashboard' },
          ]}
          value={byTags ? 'tags' : 'dashboard'}
          onChange={(type) => set('target.type', type)}
        />
        {byTags && (
          <TagsInput
            label="Tags"
            value={Array.isArray(tags) ? (tags as string[]) : []}
            onChange={(next) => set('target.tags', next)}
          />
        )}
      </div>
    );
  }
  if (web === undefined) return <SpecJson label={name} value={spec} onChange={onChange} />;
  const shown = (web.annotationControls ?? PLAIN).filter(({ when }) => when?.((path) => readPath(spec, path)) ?? true);
  return (
    <>
      {[...Map.groupBy(shown, ({ group }) => group)].map(([group, controls]) => (
        <div key={group} className={classes.pair}>
          {controls.map(({ path, label, hint, input, otherwise }) => (
            <Control
              key={path}
              {...{ label, hint, input, otherwise }}
              value={readPath(spec, path)}
              fields={NO_FIELDS}
              onChange={(value) => set(path, value)}
            />
          ))}
        </div>
      ))}
    </>
  );
}

/** What any source's annotations are asked by, where it says nothing else. */
const PLAIN: readonly OptionControl[] = [
  { path: 'query', label: 'Query', group: 'Query', input: { kind: 'text', lines: 1 }, otherwise: '' },
];
const NO_FIELDS: readonly string[] = [];

/** Whether a query of one source means the same to another. */
function sameKind(one: SourceRef, other: SourceRef): boolean {
  return sourceWebOf(one)?.annotationControls === sourceWebOf(other)?.annotationControls && sourceWebOf(one) !== undefined;
}
