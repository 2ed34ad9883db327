import { ask } from '../../api/client.ts';
import { saveFile } from '../../dashboard/save-file.ts';

/** Servers between here and there take addresses of 8 KiB. */
const LONGEST_PATH = 8_000;

/** Where every point of the curves is, exact; undefined where an address cannot name so many runs: then savePoints(). */
export function exportPath(runs: readonly string[], metrics: readonly string[]): string | undefined {
  const search = new URLSearchParams({ format: 'csv' });
  for (const run of runs) search.append('runs', run);
  for (const metric of metrics) search.append('metrics', metric);
  const path = `/api/runs/export?${search}`;
  return path.length > LONGEST_PATH ? undefined : path;
}

/** Asks for the same in a body and gives the reader the file. Throws ApiError. */
export async function savePoints(
  runs: readonly string[],
  metrics: readonly string[],
  keep: (name: string, content: Blob, type: string) => void = saveFile,
): Promise<void> {
  const response = await ask('/api/runs/export', { method: 'POST', body: { format: 'csv', runs, metrics } });
  keep('curves.csv', await response.blob(), 'text/csv');
}
