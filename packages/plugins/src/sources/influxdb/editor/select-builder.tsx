import { CloseButton, Group, Select, TextInput } from '@mantine/core';
import type { ReactElement, ReactNode } from 'react';

import { NEW_SELECT } from '../influxql/select.ts';
import type { InfluxSelect, QueryPart, TagCondition } from '../influxql/select.ts';
import { FUNCTION_GROUPS, withFunction } from './functions.ts';
import { NameField } from './name-field.tsx';
import classes from './query-editor.module.css';

export interface SelectBuilderProps {
  readonly select: InfluxSelect;
  readonly onChange: (change: Partial<InfluxSelect>) => void;
  readonly ask: (path: string) => Promise<unknown>;
}

const OPERATORS = ['=', '!=', '=~', '!~', '<', '<=', '>', '>=', 'Is', 'Is Not'];
const FILLS = ['null', 'none', '0', 'previous', 'linear'];

/** A query put together clause by clause. */
export function SelectBuilder({ select, onChange, ask }: SelectBuilderProps): ReactElement {
  const { measurement, policy, tags, groupBy } = select;
  const of = { measurement, policy };
  return (
    <div className={classes.builder}>
      <Clause word="FROM">
        <NameField
          label="Retention policy"
          placeholder="default"
          width={120}
          value={policy === 'default' ? '' : policy}
          what="policies"
          parameters={{}}
          ask={ask}
          onChange={(name) => onChange({ policy: name === '' ? 'default' : name })}
        />
        <NameField
          label="Measurement"
          width={240}
          value={measurement}
          what="measurements"
          parameters={{ search: measurement.startsWith('/') || measurement.includes('$') ? '' : measurement }}
          ask={ask}
          onChange={(name) => onChange({ measurement: name })}
        />
      </Clause>
      <Clause word="WHERE">
        {tags.map((tag, index) => (
          <Condition
            // Conditions have no name of their own: two may be alike.
            key={index}
            tag={tag}
            isFirst={index === 0}
            of={of}
            ask={ask}
            onChange={(next) => onChange({ tags: tags.with(index, next) })}
            onRemove={() => onChange({ tags: tags.toSpliced(index, 1) })}
          />
        ))}
        <NameField
          label="Add a condition"
          placeholder="+ tag"
          width={90}
          value=""
          what="tag-keys"
          parameters={of}
          ask={ask}
          onChange={(key) => onChange({ tags: [...tags, { key, operator: '=', value: '', condition: 'AND' }] })}
        />
      </Clause>
      {select.select.map((column, index) => (
        <Clause key={index} word={index === 0 ? 'SELECT' : ''}>
          <Column
            column={column}
            of={of}
            ask={ask}
            onChange={(next) => onChange({ select: select.select.with(index, next) })}
            {...(select.select.length > 1 ? { onRemove: () => onChange({ select: select.select.toSpliced(index, 1) }) } : {})}
          />
          {index === select.select.length - 1 && (
            <Pick
              label="Add a column"
              placeholder="+ column"
              data={['field']}
              onPick={() => onChange({ select: [...select.select, NEW_SELECT.select[0]!] })}
            />
          )}
        </Clause>
      ))}
      <Clause word="GROUP BY">
        {groupBy.map((part, index) => (
          <Grouping
            key={index}
            part={part}
            of={of}
            ask={ask}
            onChange={(param) =>
              onChange({ groupBy: groupBy.with(index, { ...part, params: [param, ...part.params.slice(1)] }) })
            }
            onRemove={() => onChange({ groupBy: groupBy.toSpliced(index, 1) })}
          />
        ))}
        <Pick
          label="Add a grouping"
          placeholder="+ by"
          data={['time', 'tag', 'fill'].filter((type) => type === 'tag' || !groupBy.some((part) => part.type === type))}
          onPick={(type) => onChange({ groupBy: grouped(groupBy, type) })}
        />
      </Clause>
      <Clause word="ORDER BY">
        <Select
          size="xs"
          w={120}
          aria-label="Order by time"
          allowDeselect={false}
          data={[
            { value: 'ASC', label: 'oldest first' },
            { value: 'DESC', label: 'newest first' },
          ]}
          value={select.orderByTime}
          onChange={(order) => onChange({ orderByTime: order === 'DESC' ? 'DESC' : 'ASC' })}
        />
        <Text label="LIMIT" value={select.limit} onChange={(limit) => onChange({ limit })} />
        <Text label="SLIMIT" value={select.slimit} onChange={(slimit) => onChange({ slimit })} />
        <Text label="Time zone" width={140} value={select.tz} onChange={(tz) => onChange({ tz })} />
      </Clause>
    </div>
  );
}

/** The time stands first and what fills gaps last. */
function grouped(groupBy: readonly QueryPart[], type: string): readonly QueryPart[] {
  switch (type) {
    case 'time':
      return [{ type, params: ['$__interval'] }, ...groupBy];
    case 'fill':
      return [...groupBy, { type, params: ['null'] }];
    default: {
      const fill = groupBy.findIndex((part) => part.type === 'fill');
      return groupBy.toSpliced(fill === -1 ? groupBy.length : fill, 0, { type: 'tag', params: [''] });
    }
  }
}

function Clause({ word, children }: { readonly word: string; readonly children: ReactNode }): ReactElement {
  return (
    <div className={classes.clause}>
      <span className={classes.word}>{word}</span>
      <Group gap={6} className={classes.parts}>
        {children}
      </Group>
    </div>
  );
}

interface OfMeasurement {
  readonly of: Readonly<Record<string, string>>;
  readonly ask: (path: string) => Promise<unknown>;
}

interface ConditionProps extends OfMeasurement {
  readonly tag: TagCondition;
  readonly isFirst: boolean;
  readonly onChange: (tag: TagCondition) => void;
  readonly onRemove: () => void;
}

function Condition({ tag, isFirst, of, ask, onChange, onRemove }: ConditionProps): ReactElement {
  return (
    <span className={classes.part}>
      {!isFirst && (
        <Select
          size="xs"
          w={68}
          aria-label="And, or"
          allowDeselect={false}
          data={['AND', 'OR']}
          value={tag.condition}
          onChange={(condition) => onChange({ ...tag, condition: condition === 'OR' ? 'OR' : 'AND' })}
        />
      )}
      <NameField
        label="Tag or field"
        width={130}
        value={tag.key}
        what="tag-keys"
        parameters={of}
        ask={ask}
        onChange={(key) => onChange({ ...tag, key })}
      />
      <Select
        size="xs"
        w={72}
        aria-label="Operator"
        allowDeselect={false}
        data={OPERATORS}
        value={tag.operator ?? '='}
        onChange={(operator) => onChange({ ...tag, operator: operator ?? '=' })}
      />
      <NameField
        label="Value"
        width={150}
        value={tag.value}
        what="tag-values"
        parameters={{ ...of, key: tag.key.replace(/::tag$/, '') }}
        ask={ask}
        onChange={(value) => onChange({ ...tag, value })}
      />
      <CloseButton size="sm" aria-label={`Remove the condition on ${tag.key || 'nothing'}`} onClick={onRemove} />
    </span>
  );
}

interface ColumnProps extends OfMeasurement {
  readonly column: readonly QueryPart[];
  readonly onChange: (column: readonly QueryPart[]) => void;
  readonly onRemove?: () => void;
}

function Column({ column, of, ask, onChange, onRemove }: ColumnProps): ReactElement {
  return (
    <>
      {column.map((part, index) =>
        part.type === 'field' || part.type === 'tag' ? (
          <NameField
            key={index}
            label="Field"
            value={part.params[0] ?? ''}
            what="field-keys"
            parameters={of}
            ask={ask}
            more={['*']}
            onChange={(name) => onChange(column.with(index, { ...part, params: [name] }))}
          />
        ) : (
          <span key={index} className={classes.part}>
            <span className={classes.function}>{part.type}</span>
            {part.params.map((param, at) => (
              <Text
                key={at}
                label={`Parameter of ${part.type}`}
                value={param}
                onChange={(next) => onChange(column.with(index, { ...part, params: part.params.with(at, next) }))}
              />
            ))}
            <CloseButton size="sm" aria-label={`Remove ${part.type}`} onClick={() => onChange(column.toSpliced(index, 1))} />
          </span>
        ),
      )}
      <Pick
        label="Add a function"
        placeholder="+ function"
        data={FUNCTION_GROUPS}
        onPick={(type) => onChange(withFunction(column, type))}
      />
      {onRemove !== undefined && <CloseButton size="sm" aria-label="Remove the column" onClick={onRemove} />}
    </>
  );
}

interface GroupingProps extends OfMeasurement {
  readonly part: QueryPart;
  readonly onChange: (param: string) => void;
  readonly onRemove: () => void;
}

function Grouping({ part, of, ask, onChange, onRemove }: GroupingProps): ReactElement {
  const [param = ''] = part.params;
  return (
    <span className={classes.part}>
      <span className={classes.function}>{part.type}</span>
      {part.type === 'fill' ? (
        <Select
          size="xs"
          w={100}
          aria-label="Fill"
          allowDeselect={false}
          data={[...new Set([...FILLS, param])]}
          value={param}
          onChange={(fill) => onChange(fill ?? 'null')}
        />
      ) : part.type === 'time' ? (
        <Text label="Step" width={110} value={param} onChange={onChange} />
      ) : (
        <NameField
          label="Tag"
          width={130}
          value={param}
          what="tag-keys"
          parameters={of}
          ask={ask}
          more={['*']}
          onChange={onChange}
        />
      )}
      <CloseButton size="sm" aria-label={`Remove ${part.type}`} onClick={onRemove} />
    </span>
  );
}

interface TextProps {
  readonly label: string;
  readonly value: string;
  readonly width?: number;
  readonly onChange: (text: string) => void;
}

function Text({ label, value, width = 80, onChange }: TextProps): ReactElement {
  return (
    <TextInput
      size="xs"
      w={width}
      aria-label={label}
      placeholder={label}
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  );
}

interface PickProps {
  readonly label: string;
  readonly placeholder: string;
  readonly data: readonly string[] | typeof FUNCTION_GROUPS;
  readonly onPick: (choice: string) => void;
}

/** A list that stays on nothing: each choice adds something. */
function Pick({ label, placeholder, data, onPick }: PickProps): ReactElement {
  return (
    <Select
      size="xs"
      w={110}
      aria-label={label}
      placeholder={placeholder}
      searchable
      data={[...data] as string[]}
      value={null}
      onChange={(choice) => {
        if (choice !== null) onPick(choice);
      }}
    />
  );
}
