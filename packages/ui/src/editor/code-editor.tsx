import { autocompletion, closeBrackets, closeBracketsKeymap, completionKeymap } from '@codemirror/autocomplete';
import { defaultKeymap, history, historyKeymap } from '@codemirror/commands';
import { bracketMatching, HighlightStyle, syntaxHighlighting } from '@codemirror/language';
import { lintKeymap } from '@codemirror/lint';
import { highlightSelectionMatches, searchKeymap } from '@codemirror/search';
import { Annotation, Compartment, EditorState, Prec } from '@codemirror/state';
import type { Extension } from '@codemirror/state';
import { EditorView, keymap, lineNumbers, placeholder } from '@codemirror/view';
import { tags } from '@lezer/highlight';
import { useEffect, useLayoutEffect, useRef } from 'react';
import type { ReactElement } from 'react';

import classes from './code-editor.module.css';

export interface CodeEditorProps {
  readonly value: string;
  readonly onChange: (text: string) => void;
  /** What it is for screen readers. */
  readonly label: string;
  /** The language, its completion and its checks. Keep it the same object from render to render. */
  readonly extensions?: Extension;
  readonly placeholder?: string;
  readonly readOnly?: boolean;
  /** Numbers beside the lines, for long texts. */
  readonly lineNumbers?: boolean;
  /** ⌘, Ctrl or Shift and Enter. */
  readonly onRun?: (() => void) | undefined;
  readonly autoFocus?: boolean;
}

/** Whoever hands nothing back keeps no more of them. */
const MOST_HANDED_ON = 100;

/** Marks a change that the page made, of which it needs no telling. */
const fromOutside = Annotation.define<boolean>();

/** Text with colours, completion and complaints beside it. */
export function CodeEditor(props: CodeEditorProps): ReactElement {
  const host = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView>(undefined);
  const language = useRef(new Compartment());
  const editable = useRef(new Compartment());
  // What the editor calls back is read when it is called: the editor outlives a render.
  const latest = useRef(props);
  // Texts that were handed on and have not come back yet: a value among them is an echo of older typing, not somebody's change.
  const handedOn = useRef<string[]>([]);
  useLayoutEffect(() => {
    latest.current = props;
  });

  useEffect(() => {
    const element = host.current;
    if (element === null) return;
    // In a shadow root styles are adopted sheets, which the page's content policy allows; style elements it would not.
    const root = element.shadowRoot ?? element.attachShadow({ mode: 'open' });
    const given = latest.current;
    const made = new EditorView({
      parent: root,
      root,
      state: EditorState.create({
        doc: given.value,
        extensions: [
          history(),
          bracketMatching(),
          closeBrackets(),
          autocompletion({ icons: false }),
          highlightSelectionMatches(),
          given.lineNumbers === true ? lineNumbers() : EditorView.lineWrapping,
          syntaxHighlighting(highlight),
          look,
          Prec.highest(
            keymap.of([
              { key: 'Mod-Enter', run: () => (latest.current.onRun?.(), true) },
              // As people press it in Grafana; where nothing runs it is a new line as ever.
              { key: 'Shift-Enter', run: () => latest.current.onRun !== undefined && (latest.current.onRun(), true) },
            ]),
          ),
          keymap.of([
            ...closeBracketsKeymap,
            ...defaultKeymap,
            ...searchKeymap,
            ...historyKeymap,
            ...completionKeymap,
            ...lintKeymap,
          ]),
          placeholder(given.placeholder ?? ''),
          typingOverSelection,
          EditorView.contentAttributes.of({ 'aria-label': given.label, tabindex: '0' }),
          EditorView.updateListener.of((update) => {
            if (!update.docChanged || update.transactions.some((one) => one.annotation(fromOutside) === true)) return;
            const text = update.state.doc.toString();
            handedOn.current = [...handedOn.current.slice(-MOST_HANDED_ON), text];
            latest.current.onChange(text);
          }),
          language.current.of(given.extensions ?? []),
          editable.current.of(EditorState.readOnly.of(given.readOnly === true)),
        ],
      }),
    });
    view.current = made;
    if (given.autoFocus === true) made.focus();
    return () => {
      made.destroy();
      view.current = undefined;
    };
  }, []);

  useEffect(() => {
    const now = view.current;
    if (now === undefined) return;
    const echo = handedOn.current.indexOf(props.value);
    handedOn.current.splice(0, echo < 0 ? handedOn.current.length : echo + 1);
    if (echo >= 0 || now.state.doc.toString() === props.value) return;
    now.dispatch({ changes: { from: 0, to: now.state.doc.length, insert: props.value }, annotations: fromOutside.of(true) });
  }, [props.value]);
  useEffect(() => {
    view.current?.dispatch({ effects: language.current.reconfigure(props.extensions ?? []) });
  }, [props.extensions]);
  useEffect(() => {
    view.current?.dispatch({ effects: editable.current.reconfigure(EditorState.readOnly.of(props.readOnly === true)) });
  }, [props.readOnly]);

  return (
    <div
      ref={host}
      className={classes.editor}
      data-lines={props.lineNumbers === true || undefined}
      // The editor is no descendant of the focused element for the page's shortcuts: they must know that somebody types.
      data-typing
    />
  );
}

/**
 * Where text is typed over a selection, browsers keep the look of what was there in a style attribute, which the page's content
 * policy refuses with a complaint: the editor replaces the selection itself, asking first whoever else wants to (closing brackets).
 */
const typingOverSelection = EditorView.domEventHandlers({
  beforeinput(event, view) {
    const { from, to, empty } = view.state.selection.main;
    const text = event.data;
    if (event.inputType !== 'insertText' || text === null || empty || view.composing || view.state.readOnly) return false;
    event.preventDefault();
    const insert = () => view.state.update(view.state.replaceSelection(text), { userEvent: 'input.type' });
    const isTaken = view.state.facet(EditorView.inputHandler).some((handle) => handle(view, from, to, text, insert));
    if (!isTaken) view.dispatch(insert());
    return true;
  },
});

/** Through the page's tokens, so that both themes are right without asking which one it is. */
const look = EditorView.theme({
  '&': { color: 'var(--v-text)', fontSize: '13px', backgroundColor: 'transparent', height: '100%' },
  '&.cm-focused': { outline: 'none' },
  '.cm-scroller': { fontFamily: 'var(--v-mono)', lineHeight: '20px' },
  '.cm-content': { padding: '5px 0', caretColor: 'var(--v-text)' },
  '.cm-line': { padding: '0 8px' },
  '.cm-cursor': { borderLeftColor: 'var(--v-text)' },
  '.cm-placeholder': { color: 'var(--v-faint)' },
  '.cm-gutters': { backgroundColor: 'transparent', color: 'var(--v-faint)', border: 'none' },
  '.cm-selectionMatch': { backgroundColor: 'color-mix(in srgb, var(--v-accent) 18%, transparent)' },
  '&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground': {
    backgroundColor: 'color-mix(in srgb, var(--v-accent) 30%, transparent)',
  },
  '&.cm-focused .cm-matchingBracket': { backgroundColor: 'var(--v-hover)', outline: '1px solid var(--v-axis)' },
  '.cm-tooltip': {
    backgroundColor: 'var(--v-raised)',
    color: 'var(--v-text)',
    border: '1px solid var(--v-border)',
    borderRadius: '6px',
    overflow: 'hidden',
    fontSize: '12px',
  },
  '.cm-tooltip.cm-completionInfo': { padding: '6px 10px', maxWidth: '360px', lineHeight: '18px', fontFamily: 'var(--v-font)' },
  '.cm-tooltip.cm-tooltip-autocomplete > ul': { fontFamily: 'var(--v-mono)', maxHeight: '240px' },
  '.cm-tooltip.cm-tooltip-autocomplete > ul > li': { padding: '3px 10px', lineHeight: '18px' },
  '.cm-tooltip.cm-tooltip-autocomplete > ul > li[aria-selected]': { backgroundColor: 'var(--v-hover)', color: 'var(--v-text)' },
  '.cm-tooltip.cm-tooltip-autocomplete > ul > completion-section': {
    display: 'block',
    padding: '4px 10px',
    borderBottom: '1px solid var(--v-border)',
    color: 'var(--v-dim)',
    fontFamily: 'var(--v-font)',
    fontSize: '12px',
    lineHeight: '16px',
    opacity: '1',
  },
  '.cm-completionMatchedText': { textDecoration: 'none', color: 'var(--v-accent)', fontWeight: '600' },
  '.cm-completionDetail': { color: 'var(--v-faint)', fontStyle: 'normal', marginLeft: '12px' },
  '.cm-diagnostic': { padding: '6px 10px', fontFamily: 'var(--v-font)' },
  '.cm-diagnostic-error': { borderLeft: '3px solid var(--v-critical)' },
  '.cm-collapsedLines': { background: 'var(--v-hover) !important', color: 'var(--v-dim) !important' },
  '.cm-collapsedLines::before, .cm-collapsedLines::after': { content: '"⋯" !important' },
  '.cm-changedText': { background: 'color-mix(in srgb, var(--v-healthy) 25%, transparent) !important' },
  '.cm-deletedChunk .cm-deletedText': { background: 'color-mix(in srgb, var(--v-critical) 25%, transparent) !important' },
  '.cm-panels': { backgroundColor: 'var(--v-raised)', color: 'var(--v-text)' },
});

const highlight = HighlightStyle.define([
  { tag: [tags.keyword, tags.operatorKeyword, tags.modifier], color: 'var(--v-accent)' },
  { tag: [tags.function(tags.variableName)], color: 'var(--v-running)' },
  { tag: [tags.string, tags.character], color: 'var(--v-healthy)' },
  { tag: [tags.number, tags.bool, tags.null], color: 'var(--v-warning)' },
  { tag: [tags.labelName, tags.propertyName], color: 'var(--v-dim)' },
  { tag: [tags.comment], color: 'var(--v-faint)', fontStyle: 'italic' },
  { tag: [tags.invalid], color: 'var(--v-critical)' },
]);
