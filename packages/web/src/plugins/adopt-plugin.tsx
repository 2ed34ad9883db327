import { BadRequest } from '@vitrine/model/bad-request.ts';
import type { FieldSettings } from '@vitrine/model/field-config.ts';
import { Read } from '@vitrine/model/parse/read.ts';
import type {
  DatasourceWeb,
  OptionControl,
  OptionInput,
  PanelProps,
  PanelWeb,
  QueryEditorProps,
  SettingControl,
  VariableQueryField,
} from '@vitrine/plugins/contract.ts';
import type { PluginWeb } from '@vitrine/plugins/kit.ts';
import { Component, lazy, Suspense } from 'react';
import type { ComponentType, ReactElement, ReactNode } from 'react';
import { cutSentence } from './cut-sentence.ts';
import classes from './plugins.module.css';

const SpecJson = lazy(async () => ({ default: (await import('../edit/panel/spec-json.tsx')).SpecJson }));

type Named = { readonly title: string; readonly version: string };
type Json = Readonly<Record<string, unknown>>;

const MOST_KINDS = 100;
const MOST_CONTROLS = 300;
const MOST_CHOICES = 1_000;
const LONGEST_TEXT = 2_000;
/** Ways that end in what all objects share lead nowhere. */
const PATH = /^(?!(?:.*\.)?(?:__proto__|constructor|prototype)(?:\.|$))[\w$-]+(?:\.[\w$-]+)*$/;

/**
 * Reads what a plugin's module made, so that what it does later costs its own panels, settings and queries only. Throws an error whose
 * sentence says what is not as the contract has it.
 */
export function adoptPlugin(plugin: Named, made: unknown): PluginWeb {
  const read = new Read('', made);
  return {
    panels: read.at('panels').or([], (it) => it.atMost(MOST_KINDS, 'panels').map((one) => adoptPanel(plugin, one))),
    datasources: read
      .at('datasources')
      .or([], (it) => it.atMost(MOST_KINDS, 'data sources').map((one) => adoptDatasource(plugin, one))),
  };
}

function adoptPanel(plugin: Named, read: Read): PanelWeb<unknown> {
  const spec = read.at('spec');
  const settings = spec.at('fieldSettings');
  return {
    spec: {
      kind: textOf(spec.at('kind')),
      title: textOf(spec.at('title')),
      description: spec.at('description').or('', textOf),
      parseOptions: readerOf(plugin, 'options', spec.at('parseOptions')),
      controls: spec.at('controls').or([], controlsOf),
      ...(settings.missing
        ? {}
        : { fieldSettings: settings.atMost(MOST_CONTROLS, 'names').map((name) => textOf(name) as keyof FieldSettings) }),
    },
    Component: componentOf<PanelProps<unknown>>(read.at('Component')),
  };
}

function adoptDatasource(plugin: Named, read: Read): DatasourceWeb {
  const spec = read.at('spec');
  const variableQuery = read.at('variableQuery');
  const annotationControls = read.at('annotationControls');
  return {
    spec: {
      kind: textOf(spec.at('kind')),
      title: textOf(spec.at('title')),
      description: spec.at('description').or('', textOf),
      controls: spec.at('controls').atMost(MOST_CONTROLS, 'controls').map(settingOf),
      parseSettings: readerOf(plugin, 'settings', spec.at('parseSettings')),
      parseQuery: readerOf(plugin, 'query', spec.at('parseQuery')),
    },
    newQuery: read.at('newQuery').tree(),
    QueryEditor: withinFault(plugin, componentOf<QueryEditorProps>(read.at('QueryEditor'))),
    ...(variableQuery.missing ? {} : { variableQuery: variableFieldOf(variableQuery) }),
    ...(annotationControls.missing ? {} : { annotationControls: controlsOf(annotationControls) }),
  };
}

function variableFieldOf(read: Read): VariableQueryField {
  return {
    label: textOf(read.at('label')),
    placeholder: read.at('placeholder').or('', textOf),
    hint: read.at('hint').or('', textOf),
    language: read.at('language').or('', textOf),
  };
}

function controlsOf(read: Read): readonly OptionControl[] {
  return read.atMost(MOST_CONTROLS, 'controls').map((one) => controlOf(one, () => inputOf));
}

type Input = SettingControl['input'];

/** What of a data source is saved; and secrets, which are enciphered. */
const SAVED = /^(access|url|user|database|basicAuth|basicAuthUser|withCredentials|jsonData\..+)$/;
const SECRET = /^secureJsonData\.[^.]+$/;

function settingOf(read: Read): SettingControl {
  const control = controlOf(read, (kind) => (kind.value === 'secret' ? secretOf : inputOf));
  const places = control.input.kind === 'secret' ? SECRET : SAVED;
  if (places.test(control.path)) return control;
  return read
    .at('path')
    .fail(
      control.input.kind === 'secret'
        ? 'must lie below secureJsonData, where secrets are kept'
        : 'must be url, user, database, or lie below jsonData',
    );
}

function controlOf<Control extends Input>(read: Read, readerFor: (kind: Read) => (input: Read) => Control) {
  const input = read.at('input');
  const path = textOf(read.at('path'));
  if (!PATH.test(path)) read.at('path').fail(`"${path.slice(0, 100)}" is not names with "." between`);
  const when = read.at('when');
  return {
    path,
    label: textOf(read.at('label')),
    group: read.at('group').or('', textOf),
    ...textAt(read, 'hint'),
    input: readerFor(input.at('kind'))(input),
    otherwise: read.at('otherwise').any(),
    ...(when.missing ? {} : { when: conditionOf(when) }),
  };
}

function secretOf(read: Read): Input {
  return { kind: 'secret', ...textAt(read, 'placeholder'), ...linesAt(read) };
}

function inputOf(read: Read): OptionInput {
  const kind = read.at('kind').oneOf(['switch', 'number', 'text', 'choice', 'choices', 'reducers', 'color', 'unit', 'field']);
  switch (kind) {
    case 'number':
      return {
        kind,
        ...numberAt(read, 'min'),
        ...numberAt(read, 'max'),
        ...numberAt(read, 'step'),
        ...textAt(read, 'placeholder'),
      };
    case 'text':
      return { kind, ...textAt(read, 'placeholder'), ...linesAt(read) };
    case 'choice':
    case 'choices':
      return {
        kind,
        choices: read
          .at('choices')
          .atMost(MOST_CHOICES, 'choices')
          .map((choice) => ({ value: choice.at('value').any(), label: textOf(choice.at('label')) })),
      };
    case 'reducers':
      return { kind, many: read.at('many').or(false, (it) => it.boolean()) };
    case 'field':
      return { kind, asMatcher: read.at('asMatcher').or(false, (it) => it.boolean()) };
    default:
      return { kind };
  }
}

function textOf(read: Read): string {
  const text = read.string();
  return text.length > LONGEST_TEXT ? read.fail(`has ${text.length} letters, and at most ${LONGEST_TEXT} fit`) : text;
}

function textAt<Key extends string>(read: Read, key: Key): { readonly [K in Key]?: string } {
  const member = read.at(key);
  return (member.missing ? {} : { [key]: textOf(member) }) as { readonly [K in Key]?: string };
}

function numberAt<Key extends string>(read: Read, key: Key): { readonly [K in Key]?: number } {
  const member = read.at(key);
  return (member.missing ? {} : { [key]: member.number() }) as { readonly [K in Key]?: number };
}

function linesAt(read: Read): { readonly lines?: number } {
  const lines = read.at('lines');
  return lines.missing ? {} : { lines: lines.integer(1, 24) };
}

function functionOf(read: Read): unknown {
  return typeof read.value === 'function' ? read.value : read.fail('is not a function');
}

/** A function, or what React makes of one: memo, lazy. */
function componentOf<Props>(read: Read): ComponentType<Props> {
  const { value } = read;
  const isComponent = typeof value === 'function' || (typeof value === 'object' && value !== null && '$$typeof' in value);
  return isComponent ? (value as ComponentType<Props>) : read.fail('is not a React component');
}

/** A condition that cannot be told holds. */
function conditionOf(read: Read): NonNullable<OptionControl['when']> {
  const when = functionOf(read) as NonNullable<OptionControl['when']>;
  return (find) => {
    try {
      return when(find);
    } catch {
      return true;
    }
  };
}

/** Whatever a reader of a plugin throws is a complaint about what it reads, of a length that fits below a field. */
function readerOf(plugin: Named, what: string, read: Read): (input: unknown) => unknown {
  const parse = functionOf(read) as (input: unknown) => unknown;
  return (input) => {
    try {
      return parse(input);
    } catch (error) {
      if (!(error instanceof BadRequest))
        throw new BadRequest(what, `cannot be read by the plugin “${plugin.title}”: ${cutSentence(error)}`, { cause: error });
      const field = error.field.slice(0, 100);
      throw new BadRequest(field, cutSentence(new Error(error.message.replace(`${error.field}: `, ''))), { cause: error });
    }
  };
}

/** A query's editor of a plugin: where it throws, the query is JSON that can still be written. */
function withinFault(plugin: Named, Editor: ComponentType<QueryEditorProps>): ComponentType<QueryEditorProps> {
  return function PluginEditor(props: QueryEditorProps): ReactElement {
    const onChange = (spec: unknown): void => props.onChange(jsonOf(spec));
    return (
      <EditorFault plugin={plugin} {...props}>
        <Editor {...props} onChange={onChange} />
      </EditorFault>
    );
  };
}

/** What is saved is what JSON can say. */
function jsonOf(spec: unknown): Json {
  const said: unknown = JSON.parse(JSON.stringify(spec) ?? 'null');
  return new Read('query', said).tree();
}

type EditorFaultProps = QueryEditorProps & { readonly plugin: Named; readonly children: ReactNode };

class EditorFault extends Component<EditorFaultProps, { readonly sentence: string | undefined }> {
  override state: { readonly sentence: string | undefined } = { sentence: undefined };

  static getDerivedStateFromError(thrown: unknown): { sentence: string } {
    return { sentence: cutSentence(thrown) };
  }

  override render(): ReactNode {
    const { plugin, spec, onChange, children } = this.props;
    const { sentence } = this.state;
    if (sentence === undefined) return children;
    return (
      <>
        <p className={classes.fault} role="alert">
          The editor of the plugin “{plugin.title}” {plugin.version} cannot be shown: {sentence}
        </p>
        <Suspense fallback={null}>
          <SpecJson label="Query" value={spec} onChange={onChange} />
        </Suspense>
      </>
    );
  }
}
