import type { PanelSpec } from '../../contract.ts';
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
  parseOptions(input) {
    const options = new Options(input);
    const code = options.group('code');
    return {
      mode: options.oneOf('mode', ['markdown', 'html', 'code'], 'markdown'),
      content: options.text('content', MAX_TEXT_LENGTH, ''),
      code: { language: code.text('language', 50, 'plaintext'), showLineNumbers: code.boolean('showLineNumbers', false) },
    };
  },
};
