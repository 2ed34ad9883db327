import { Button } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { formatTime } from '@vitrine/compute/time.ts';
import type { DashboardAnswer, DashboardRevision } from '@vitrine/model/api.ts';
import type { Dashboard } from '@vitrine/model/dashboard.ts';
import { parseDashboard } from '@vitrine/model/parse/dashboard.ts';
import { useState } from 'react';
import type { ReactElement } from 'react';
import { askJson } from '../../api/client.ts';
import { discardDraft, openDraft } from '../draft.ts';
import { JsonDiff } from '../save/json-diff.tsx';
import classes from './settings.module.css';

export interface RevisionsProps {
  readonly uid: string;
  /** As it stands in the page. */
  readonly now: Dashboard;
  readonly isFile: boolean;
  readonly onRestored: () => void;
}

/** What was saved before, each against what is shown now, and the way back to it. */
export function Revisions({ uid, now, isFile, onRestored }: RevisionsProps): ReactElement {
  const client = useQueryClient();
  const [looked, setLooked] = useState<number>();
  const [problem, setProblem] = useState('');
  const path = `/api/dashboards/${encodeURIComponent(uid)}/revisions`;
  const { data, error } = useQuery({
    queryKey: ['revisions', uid],
    enabled: !isFile,
    queryFn: ({ signal }) => askJson<{ readonly revisions: readonly DashboardRevision[] }>(path, { signal }),
  });
  const restore = async (revision: number): Promise<void> => {
    try {
      const answer = await askJson<DashboardAnswer>(`${path}/${revision}/restore`, { method: 'POST' });
      const restored = { ...answer, dashboard: parseDashboard(answer.dashboard) };
      discardDraft(uid);
      openDraft(restored);
      client.setQueryData(['dashboard', uid], restored);
      await client.invalidateQueries({ queryKey: ['revisions', uid] });
      onRestored();
    } catch (failure) {
      setProblem(failure instanceof Error ? failure.message : String(failure));
    }
  };
  if (isFile) return <p className={classes.faint}>This dashboard comes from a file: its revisions are the file’s.</p>;
  if (error !== null) return <p className={classes.problem}>{error.message}</p>;
  if (data === undefined) return <p className={classes.faint}>Looking…</p>;
  if (data.revisions.length === 0) return <p className={classes.faint}>It was never saved yet.</p>;
  return (
    <div className={classes.fields}>
      <div className={classes.wide}>
        <table className={classes.revisions}>
          <thead>
            <tr>
              <th className={classes.number}>Revision</th>
              <th>Saved</th>
              <th>By</th>
              <th>What</th>
              <th />
            </tr>
          </thead>
          <tbody>
            {data.revisions.map(({ revision, savedMs, savedBy, message, restored }, index) => (
              <tr key={revision}>
                <td className={classes.number}>{revision}</td>
                <td className={classes.when}>{formatTime(Math.floor(savedMs / 1_000) * 1_000, 'browser')}</td>
                <td>{savedBy}</td>
                <td className={classes.what}>{message || (restored === undefined ? '' : `Brought back revision ${restored}`)}</td>
                <td className={classes.acts}>
                  <Button
                    size="compact-xs"
                    variant="subtle"
                    aria-expanded={looked === revision}
                    onClick={() => setLooked((before) => (before === revision ? undefined : revision))}
                  >
                    Compare
                  </Button>
                  {index > 0 && (
                    <Button size="compact-xs" variant="subtle" onClick={() => void restore(revision)}>
                      Restore
                    </Button>
                  )}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {problem !== '' && (
        <p className={classes.problem} role="alert">
          {problem}
        </p>
      )}
      {looked !== undefined && (
        <p className={classes.faint}>What revision {looked} had (red) against what stands here now (green):</p>
      )}
      {looked !== undefined && <Comparison path={`${path}/${looked}`} revision={looked} now={now} />}
    </div>
  );
}

function Comparison({
  path,
  revision,
  now,
}: {
  readonly path: string;
  readonly revision: number;
  readonly now: Dashboard;
}): ReactElement {
  const { data, error } = useQuery({
    queryKey: ['revision', path],
    staleTime: Number.POSITIVE_INFINITY,
    queryFn: async ({ signal }) => parseDashboard((await askJson<{ readonly dashboard: unknown }>(path, { signal })).dashboard),
  });
  if (error !== null) return <p className={classes.problem}>{error.message}</p>;
  if (data === undefined) return <p className={classes.faint}>Looking…</p>;
  return <JsonDiff label={`Revision ${revision} against now`} before={data} after={now} />;
}
