import fc from 'fast-check';
import { expect, test } from 'vitest';
import { change, isChanged, markSaved, openHistory, redo, undo } from './history.ts';

test('typing is one step, and undo brings back what was before it', () => {
  let history = openHistory('');
  for (const text of ['L', 'Lo', 'Los', 'Loss']) history = change(history, text, 'title');
  history = change(history, 'Loss!');
  history = undo(history);
  expect(history.now).toBe('Loss');
  history = undo(history);
  expect(history).toMatchObject({ now: '', past: [] });
  expect(isChanged(history)).toBe(false);
  expect(redo(history).now).toBe('Loss');
});

test('a change after an undo forgets what was undone', () => {
  const history = change(undo(change(openHistory(1), 2)), 3);
  expect(redo(history).now).toBe(3);
  expect(undo(history).now).toBe(1);
});

test('what is done while it is being saved stays a change', () => {
  const history = change(openHistory(1), 2);
  expect(isChanged(markSaved(history, 2))).toBe(false);
  expect(isChanged(markSaved(change(history, 3), 2))).toBe(true);
});

test('undoing everything comes back to the start, and redoing to the end', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.integer(), fc.constantFrom(undefined, 'a', 'b')), { maxLength: 50 }), (steps) => {
      const done = steps.reduce((history, [next, step]) => change(history, next, step), openHistory(0));
      let back = done;
      while (back.past.length > 0) back = undo(back);
      expect(back.now).toBe(0);
      while (back.future.length > 0) back = redo(back);
      expect(back.now).toBe(done.now);
    }),
  );
});
