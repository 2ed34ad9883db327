import { ActionIcon, Button, Popover, Switch, TextInput, Tooltip } from '@mantine/core';
import { IconAlertTriangle, IconArrowBackUp, IconChevronDown } from '@tabler/icons-react';
import type { Variable, VariableValue } from '@vitrine/model/variable.ts';
import { lazy, Suspense, useId, useRef, useState } from 'react';
import type { KeyboardEvent, ReactElement } from 'react';
import { DashboardLinks } from '../links/dashboard-links.tsx';
import type { DashboardScope } from '../scope.ts';
import classes from './variables-bar.module.css';

/** What opens only when it is wanted comes only then. */
const OptionPicker = lazy(async () => ({ default: (await import('./option-picker.tsx')).OptionPicker }));
const AdhocFilters = lazy(async () => ({ default: (await import('./adhoc-filters.tsx')).AdhocFilters }));

/** What the reader may choose: variables, what is marked on the charts, and where the dashboard leads. One line that wraps. */
export function VariablesBar({ scope }: { readonly scope: DashboardScope }): ReactElement | null {
  const { variables, annotations, dashboard } = scope;
  const shown = variables.list.filter(isShown);
  const inMenu = variables.list.filter(({ kind, hide }) => kind !== 'constant' && hide === 'menu');
  const { toggles, notices } = annotations;
  const toggled = toggles.filter(({ name }) => !isOwn(dashboard, name));
  const problem = notices.find(({ level }) => level !== 'info');
  if (shown.length + inMenu.length + toggled.length + dashboard.links.length === 0 && problem === undefined) return null;
  return (
    <div className={classes.bar} role="group" aria-label="Variables and annotations">
      {shown.map((variable) => (
        <OneVariable key={variable.name} variable={variable} scope={scope} inMenu={false} />
      ))}
      {inMenu.length > 0 && <MoreFilters list={inMenu} scope={scope} />}
      {variables.problem !== undefined && <Problem text={variables.problem} />}
      {variables.isChanged && (
        <Tooltip label="Back to what is saved">
          <ActionIcon aria-label="Reset the variables" onClick={variables.reset}>
            <IconArrowBackUp size={16} />
          </ActionIcon>
        </Tooltip>
      )}
      <span className={classes.space} />
      {toggled.map(({ name, color, isOn }) => (
        <Switch
          key={name}
          size="xs"
          className={classes.toggle}
          label={name}
          checked={isOn}
          onChange={() => annotations.toggle(name)}
          data-color={color === '' ? undefined : color}
        />
      ))}
      {problem !== undefined && <Problem text={problem.text} />}
      <DashboardLinks scope={scope} />
    </div>
  );
}

/** What people write down on the page is always shown: it needs no switch unless it was switched off. */
function isOwn({ annotations }: DashboardScope['dashboard'], name: string): boolean {
  return annotations.some((query) => query.name === name && query.builtIn && query.enable);
}

function isShown({ kind, hide }: Variable): boolean {
  return kind !== 'constant' && hide !== 'variable' && hide !== 'menu';
}

/** What is chosen more rarely than the others stands behind a button. */
function MoreFilters({ list, scope }: { readonly list: readonly Variable[]; readonly scope: DashboardScope }): ReactElement {
  const [opened, setOpened] = useState(false);
  return (
    <Popover opened={opened} onChange={setOpened} position="bottom-start" withinPortal trapFocus>
      <Popover.Target>
        <Button
          variant="default"
          aria-haspopup="dialog"
          aria-expanded={opened}
          onClick={() => setOpened(!opened)}
          rightSection={<IconChevronDown size={14} aria-hidden />}
        >
          More filters
        </Button>
      </Popover.Target>
      <Popover.Dropdown className={classes.more} aria-label="More filters">
        {opened && list.map((variable) => <OneVariable key={variable.name} variable={variable} scope={scope} inMenu />)}
      </Popover.Dropdown>
    </Popover>
  );
}

interface OneVariableProps {
  readonly variable: Variable;
  readonly scope: DashboardScope;
  /** What it opens stays inside the menu: a click there is none beside it. */
  readonly inMenu: boolean;
}

function OneVariable({ variable, scope, inMenu }: OneVariableProps): ReactElement {
  const id = useId();
  const { label, name, description, hide } = variable;
  const error = scope.variables.known[name]?.error;
  const title = label || name;
  return (
    <div className={classes.variable}>
      {hide !== 'label' && (
        <Tooltip label={description} disabled={description === ''} multiline maw={320}>
          <label id={`${id}-label`} htmlFor={id} className={classes.label}>
            {title}
          </label>
        </Tooltip>
      )}
      <Control {...{ variable, scope, inMenu, id, title }} />
      {error !== null && error !== undefined && <Problem text={`${title}: ${error.message}`} />}
    </div>
  );
}

interface ControlProps extends OneVariableProps {
  readonly id: string;
  readonly title: string;
}

function Control(props: ControlProps): ReactElement | null {
  const { variable, scope, inMenu, id, title } = props;
  const { values, choose } = scope.variables;
  switch (variable.kind) {
    case 'textbox':
      return <TextValue key={String(values[variable.name])} {...props} />;
    case 'switch':
      return (
        <Switch
          id={id}
          size="sm"
          aria-label={title}
          checked={values[variable.name] === variable.enabledValue}
          onChange={({ currentTarget }) =>
            choose(variable.name, currentTarget.checked ? variable.enabledValue : variable.disabledValue)
          }
        />
      );
    case 'adhoc':
      return (
        <Suspense fallback={null}>
          <AdhocFilters variable={variable} scope={scope} title={title} withinPortal={!inMenu} />
        </Suspense>
      );
    case 'constant':
      return null;
    default:
      return <Dropdown {...props} variable={variable} />;
  }
}

/** A text counts when it is finished: by Enter, or by leaving the field. */
function TextValue({ variable, scope, id, title }: ControlProps): ReactElement {
  const { values, choose } = scope.variables;
  const saved = String(values[variable.name] ?? '');
  const [text, setText] = useState(saved);
  const finish = (): void => {
    if (text !== saved) choose(variable.name, text);
  };
  const onKey = (event: KeyboardEvent<HTMLInputElement>): void => {
    if (event.key === 'Enter') finish();
    if (event.key === 'Escape') setText(saved);
  };
  return (
    <TextInput
      id={id}
      aria-label={title}
      className={classes.text}
      value={text}
      maxLength={2_000}
      spellCheck={false}
      onChange={({ currentTarget }) => setText(currentTarget.value)}
      onBlur={finish}
      onKeyDown={onKey}
    />
  );
}

type Choosable = Exclude<Variable, { kind: 'textbox' | 'switch' | 'adhoc' | 'constant' }>;

function Dropdown({ variable, scope, inMenu, id, title }: ControlProps & { readonly variable: Choosable }): ReactElement {
  const [opened, setOpened] = useState(false);
  const [openedOnce, setOpenedOnce] = useState(false);
  const { values, choose } = scope.variables;
  const saved = values[variable.name] ?? '';
  const [picked, setPicked] = useState<VariableValue | undefined>();
  const opener = useRef<HTMLButtonElement>(null);
  const close = (chosen = picked): void => {
    setOpened(false);
    // The list goes with the focus; the button that was pressed first has been drawn anew since.
    opener.current?.focus({ preventScroll: true });
    setPicked(undefined);
    if (chosen !== undefined && JSON.stringify(chosen) !== JSON.stringify(saved)) choose(variable.name, chosen);
  };
  const text = scope.variables.text(`$${variable.name}`);
  const button = (
    <Button
      ref={opener}
      id={id}
      variant="default"
      className={classes.value}
      aria-haspopup="listbox"
      aria-expanded={opened}
      aria-label={`${title}: ${text || 'nothing chosen'}`}
      title={text}
      onClick={() => {
        setOpenedOnce(true);
        if (opened) close();
        else setOpened(true);
      }}
      rightSection={<IconChevronDown size={14} aria-hidden />}
    >
      {text || <span className={classes.none}>none</span>}
    </Button>
  );
  if (!openedOnce) return button;
  return (
    <Suspense fallback={button}>
      <OptionPicker
        {...{ variable, scope, title, opened }}
        withinPortal={!inMenu}
        picked={picked ?? saved}
        onPick={setPicked}
        onClose={close}
      >
        {button}
      </OptionPicker>
    </Suspense>
  );
}

function Problem({ text }: { readonly text: string }): ReactElement {
  return (
    <span className={classes.problem} role="status">
      <IconAlertTriangle size={14} aria-hidden /> {text}
    </span>
  );
}
