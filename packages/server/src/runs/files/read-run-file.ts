import { BadRequest } from '@vitrine/model/bad-request.ts';
import type { RunFileFormat } from '@vitrine/model/run-file.ts';
import type { RunFile } from './log-rows.ts';
import { readTableLog } from './read-table-log.ts';
import { readTextLog } from './read-text-log.ts';
import { readTrainerState } from './read-trainer-state.ts';

/** Reads a file that a training left behind. Throws BadRequest with what is wrong with it. */
export async function readRunFile(
  bytes: Uint8Array,
  { format, pattern }: { readonly format: RunFileFormat; readonly pattern?: string | undefined },
): Promise<RunFile> {
  if (bytes.length === 0) throw new BadRequest('file', 'is empty');
  switch (format) {
    case 'trainer-state':
      return readTrainerState(textOf(bytes));
    case 'text':
      // Logs may hold a byte that is no text: a line more or less does not count.
      return readTextLog(new TextDecoder().decode(bytes), { pattern });
    default:
      return readTableLog(bytes, format);
  }
}

/** By the file's name, and where that does not tell, by how it begins. */
export function runFileFormat(name: string, bytes: Uint8Array): RunFileFormat {
  if (/\.(csv|tsv)$/i.test(name)) return 'csv';
  if (/\.(jsonl|ndjson)$/i.test(name)) return 'jsonl';
  const head = new TextDecoder().decode(bytes.subarray(0, 4_096)).trimStart();
  if (/\.json$/i.test(name)) return /^\{[^\n]*\}\s*\n\s*\{/.test(head) ? 'jsonl' : 'trainer-state';
  return /^\{".*\}\s*(\n|$)/.test(head) ? 'jsonl' : 'text';
}

function textOf(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new BadRequest('file', 'is not UTF-8', { cause });
  }
}
