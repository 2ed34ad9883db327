import { expect, test } from 'vitest';
import type { Notice, PanelData } from '@vitrine/model/frame.ts';
import { ApiError } from '../api/client.ts';
import { panelState, sentenceOf } from './panel-state.ts';

function data(hasValues: boolean, notices: readonly Notice[] = []): PanelData {
  const time = { name: 'time', type: 'time', values: Float64Array.of(0) } as const;
  const value = { name: 'loss', type: 'number', values: Float64Array.of(1) } as const;
  const frames = hasValues ? [{ refId: 'A', shape: 'series', length: 1, fields: [time, value] } as const] : [];
  return { frames, notices, traces: [], fromMs: 0, toMs: 0, stepMs: 1_000, growable: true };
}

const full = data(true);
const picture = (of: PanelData) => ({ data: of, askedMs: 0 });
const none = { picture: undefined, lastGood: undefined, error: null, asked: true };
const timeout = new ApiError(503, 'query_timeout', 'The query took too long.');
const gone = new ApiError(0, 'unreachable', 'Vitrine does not answer.');
const failedB = [{ level: 'error', text: 'Query B: no such metric.' }] as const;

test.each([
  ['not asked yet', { ...none, asked: false }, { kind: 'waiting' }],
  ['asked, nothing there', none, { kind: 'loading' }],
  ['answered', { ...none, picture: picture(full) }, { kind: 'ready', data: full }],
  ['answered with nothing', { ...none, picture: picture(data(false)) }, { kind: 'empty' }],
  ['one query of two failed', { ...none, picture: picture(data(true, failedB)) }, { kind: 'ready', notices: failedB }],
  [
    'one failed and the other was empty',
    { ...none, picture: picture(data(false, failedB)) },
    { kind: 'failed', sentence: failedB[0].text },
  ],
  [
    'failed at first',
    { ...none, error: timeout },
    { kind: 'failed', sentence: 'The query took too long.', last: undefined, canRetry: true },
  ],
  ['failed after a good picture', { ...none, picture: picture(full), error: timeout }, { kind: 'failed', last: full }],
  ['failed on a new range', { ...none, lastGood: full, error: timeout }, { kind: 'failed', last: full }],
  ['nobody answers after a good picture', { ...none, picture: picture(full), error: gone }, { kind: 'stale', last: full }],
  ['nobody answers at first', { ...none, error: gone }, { kind: 'failed', canRetry: true }],
  ['forbidden', { ...none, error: new ApiError(403, 'not_allowed', 'This user may not do that.') }, { kind: 'forbidden' }],
  [
    'no such panel',
    { ...none, error: new ApiError(404, 'no_such_panel', 'No such panel.') },
    { kind: 'failed', canRetry: false },
  ],
] as const)('%s', (_, progress, want) => expect(panelState(progress)).toMatchObject(want));

test.each([
  ['unclosed left parenthesis', 'unclosed left parenthesis.'],
  ['Try again!', 'Try again!'],
  ['  ', 'Something went wrong.'],
])('"%s" is told as "%s"', (message, want) => expect(sentenceOf(new Error(message))).toBe(want));
