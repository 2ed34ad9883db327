import { sentenceOf } from '../dashboard/panel-state.ts';

/** A plugin may say anything, at any length. */
const LONGEST = 400;

/** What somebody threw, as a sentence of a length that can be read. */
export function cutSentence(thrown: unknown): string {
  const text = textOf(thrown);
  return text.length > LONGEST ? `${text.slice(0, LONGEST).trimEnd()}…` : sentenceOf(new Error(text));
}

function textOf(thrown: unknown): string {
  try {
    return (thrown instanceof Error ? thrown.message : String(thrown)).slice(0, LONGEST + 1);
  } catch {
    // It cannot even be written down.
    return '';
  }
}
