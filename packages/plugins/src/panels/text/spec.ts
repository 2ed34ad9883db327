import type { PanelSpec } from '../../contract.ts';
import { choice, control, SWITCH } from '../controls.ts';
import { Options } from '../options.ts';

export interface TextOptions {
  /** html is read to a safe part of it; nothing in it runs. */
  readonly mode: 'markdown' | 'html' | 'code';
  /** May hold variables. */
  readonly content: string;
  readonly code: {
    readonly language: string;
    readonly showLineNumbers: boolean;
  };
}

/** Longer notes belong in a document. */
const MAX_TEXT_LENGTH = 100_000;

export const text: PanelSpec<TextOptions> = {
  kind: 'text',
  title: 'Text',
  description: 'Notes in Markdown, HTML or code.',
  parseOptions(input) {
    const options = new Options(input);
    const code = options.group('code');
    return {
      mode: options.oneOf('mode', ['markdown', 'html', 'code'], 'markdown'),
      content: options.text('content', MAX_TEXT_LENGTH, ''),
      code: { language: code.text('language', 50, 'plaintext'), showLineNumbers: code.boolean('showLineNumbers', false) },
    };
  },
  controls: [
    control('Text', 'mode', 'Mode', choice('markdown', ['html', 'HTML'], 'code'), 'markdown'),
    control('Text', 'code.showLineNumbers', 'Line numbers', SWITCH, false, { when: (read) => read('mode') === 'code' }),
    control('Text', 'content', 'Content', { kind: 'text', lines: 12 }, ''),
  ],
  fieldSettings: [],
};
