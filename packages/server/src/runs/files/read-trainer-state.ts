import { BadRequest } from '@vitrine/model/bad-request.ts';
import { parseJson } from '../../ingest/upload/read-jsonl.ts';
import { isStep, type LogRow, readWord, type RunFile } from './log-rows.ts';

/** What of the state is told of a run as parameters. */
const PARAMS = ['max_steps', 'num_train_epochs', 'train_batch_size', 'logging_steps', 'eval_steps', 'save_steps'];
const TAGS = ['best_model_checkpoint', 'best_metric', 'best_global_step', 'trial_name'];

/**
 * Reads Hugging Face's trainer_state.json: each entry of log_history is a row with its step and epoch; "eval_loss" and its like become
 * "eval/loss", all others "train/…", as its own TensorBoard callback writes them. The file knows no times. Throws BadRequest that
 * names the field.
 */
export function readTrainerState(text: string): RunFile {
  const state = parseJson(text) as { readonly log_history?: unknown } | null | undefined;
  if (state === undefined) throw new BadRequest('file', 'is not JSON, or is cut off');
  const history = state?.log_history;
  if (!Array.isArray(history)) throw new BadRequest('log_history', 'is missing; a trainer_state.json has a list of that name');
  const rows: LogRow[] = [];
  let left = 0;
  for (const [index, entry] of (history as unknown[]).entries()) {
    const { step, epoch, ...rest } = (entry ?? {}) as Readonly<Record<string, unknown>>;
    if (typeof step !== 'number' || !isStep(step)) throw new BadRequest(`log_history[${index}].step`, 'is no whole number');
    const values: [string, number][] = [];
    for (const [name, given] of Object.entries(rest)) {
      const value = typeof given === 'number' ? given : typeof given === 'string' ? readWord(given) : undefined;
      if (value === undefined) left++;
      else values.push([name.startsWith('eval_') ? `eval/${name.slice(5)}` : `train/${name.replace(/^train_/, '')}`, value]);
    }
    rows.push({ step, epoch: typeof epoch === 'number' ? epoch : undefined, timeMs: undefined, values });
  }
  const told = (names: readonly string[]): Record<string, string> =>
    Object.fromEntries(
      names.flatMap((name) => {
        const value = (state as Record<string, unknown>)[name];
        return typeof value === 'number' || (typeof value === 'string' && value !== '') ? [[name, String(value)]] : [];
      }),
    );
  return {
    rows,
    params: told(PARAMS),
    tags: told(TAGS),
    notices: left === 0 ? [] : [`${left} entries of log_history are no numbers and were left out.`],
  };
}
