import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import type { LogdirState } from '@vitrine/model/logdir-state.ts';
import type { RunFileAnswer, RunFileFormat, RunFilePreview } from '@vitrine/model/run-file.ts';
import { readRunJson } from '@vitrine/model/run-json.ts';
import { ask, askJson } from '../../api/client.ts';

/** What a file's run is to be, as far as somebody has said so. */
export interface RunFileDraft {
  readonly project: string;
  readonly name: string;
  /** "" goes by the file. */
  readonly format: RunFileFormat | '';
  readonly pattern: string;
}

/** Enough to see how a file is read. */
const HEAD_BYTES = 4 * 1024 * 1024;
const NEWLINE = 10;
const LOOK_AGAIN_MS = 2_000;

/** What would be read of a file, or of its beginning. */
export function runFilePreviewQuery(file: File, draft: RunFileDraft) {
  return queryOptions({
    queryKey: ['run-file', file.name, file.size, file.lastModified, draft],
    retry: false,
    staleTime: Infinity,
    placeholderData: keepPreviousData,
    async queryFn({ signal }): Promise<RunFilePreview & { readonly isHead: boolean }> {
      const head = await headOf(file);
      const answer = await ask(`/api/runs/files?${questionOf(file, draft)}&dryRun=true`, { method: 'POST', body: head, signal });
      return { ...(readRunJson(await answer.text()) as RunFilePreview), isHead: head.size < file.size };
    },
  });
}

export async function sendRunFile(file: File, draft: RunFileDraft): Promise<RunFileAnswer> {
  return askJson(`/api/runs/files?${questionOf(file, draft)}`, { method: 'POST', body: file });
}

function questionOf(file: File, { project, name, format, pattern }: RunFileDraft): string {
  const query = new URLSearchParams({ file: file.name, changedMs: String(file.lastModified) });
  for (const [key, value] of Object.entries({ project, name, format, pattern }))
    if (value.trim() !== '') query.set(key, value.trim());
  return query.toString();
}

/** Whole lines of a large file's beginning; JSON makes sense as a whole only. */
async function headOf(file: File): Promise<Blob> {
  if (file.size <= HEAD_BYTES || file.name.toLowerCase().endsWith('.json')) return file;
  const bytes = new Uint8Array(await file.slice(0, HEAD_BYTES).arrayBuffer());
  const end = bytes.lastIndexOf(NEWLINE);
  return file.slice(0, end === -1 ? HEAD_BYTES : end + 1);
}

/** Directories of event files that the server reads; anew while somebody looks. */
export const logdirsQuery = queryOptions({
  queryKey: ['logdirs'],
  refetchInterval: LOOK_AGAIN_MS,
  retry: false,
  queryFn: async ({ signal }) =>
    (await askJson<{ readonly logdirs: readonly LogdirState[] }>('/api/runs/logdirs', { signal })).logdirs,
});

export async function followLogdir(path: string, project: string): Promise<void> {
  await ask('/api/runs/logdirs', { method: 'POST', body: { path, ...(project === '' ? {} : { project }) } });
}

export async function leaveLogdir(id: string): Promise<void> {
  await ask(`/api/runs/logdirs/${encodeURIComponent(id)}`, { method: 'DELETE' });
}
