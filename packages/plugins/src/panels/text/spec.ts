import type { PanelSpec } from '../../contract.ts';
import { Options } from '../options.ts';

export interface TextOptions {
  readonly mode: 'markdown' | 'plain' | 'code';
  readonly content: string;
}

/** Longer notes belong in a document. */
const MAX_TEXT_LENGTH = 100_000;

export const text: PanelSpec<TextOptions> = {
  kind: 'text',
  title: 'Text',
  parseOptions(input) {
    const options = new Options(input);
    return {
      mode: options.oneOf('mode', ['markdown', 'plain', 'code'], 'markdown'),
      content: options.text('content', MAX_TEXT_LENGTH, ''),
    };
  },
};
