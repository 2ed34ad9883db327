import { Button } from '@mantine/core';
import { IconArrowLeft, IconCamera } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { describeRange, formatTime } from '@vitrine/compute/time.ts';
import type { Dashboard } from '@vitrine/model/dashboard.ts';
import type { PanelData } from '@vitrine/model/frame.ts';
import { decodePanelData } from '@vitrine/model/frame-wire.ts';
import { parseDashboard } from '@vitrine/model/parse/dashboard.ts';
import { ALL_VALUE, type ConstantVariable, type Variable } from '@vitrine/model/variable.ts';
import type { ReactElement } from 'react';
import { ApiError, askJson } from '../api/client.ts';
import { TopBar } from '../app/top-bar.tsx';
import { SignIn } from '../sign-in/sign-in-page.tsx';
import { StatePage } from '../state/state-page.tsx';
import { DashboardView } from './dashboard-page.tsx';

interface SnapshotAnswer {
  readonly meta: { readonly name: string; readonly created: string; readonly createdBy: string; readonly originalUrl: string };
  readonly dashboard: unknown;
  /** Base64 of each panel's data as frame-wire.ts writes them, by the panel's id. */
  readonly data: Readonly<Record<string, string>>;
}

/** `/dashboard/snapshot/:key`: a dashboard as it was, with the data that it showed. */
export function SnapshotPage(): ReactElement {
  const { key } = useParams({ from: '/shell/dashboard/snapshot/$key' });
  const { data, error } = useQuery({
    queryKey: ['snapshot', key],
    staleTime: Number.POSITIVE_INFINITY,
    queryFn: async ({ signal }) =>
      readSnapshot(await askJson<SnapshotAnswer>(`/api/snapshots/${encodeURIComponent(key)}`, { signal })),
  });
  if (data !== undefined) {
    const { meta, dashboard, frozen, chosen } = data;
    const range = describeRange(dashboard.range, 'browser');
    const taken = Date.parse(meta.created);
    const when = Number.isFinite(taken) ? ` at ${formatTime(Math.floor(taken / 1_000) * 1_000, 'browser')}` : '';
    return (
      <DashboardView
        dashboard={dashboard}
        frozen={frozen}
        notices={[
          `A snapshot that ${meta.createdBy || 'somebody'} took${when}, of ${range}. It does not change any more.${chosen}`,
        ]}
      />
    );
  }
  // Which snapshots there are is told to nobody in particular.
  if (error instanceof ApiError && error.status === 401) return <SignIn hasEnded={false} />;
  return (
    <>
      <TopBar crumbs={[{ label: 'Dashboards', to: '/dashboards' }, { label: 'Snapshot' }]} />
      {error !== null && (
        <StatePage
          icon={<IconCamera size={32} stroke={1.5} />}
          title="There is no such snapshot"
          actions={
            <Button component={Link} to="/dashboards" variant="default" leftSection={<IconArrowLeft size={16} />}>
              All dashboards
            </Button>
          }
        >
          <p>{error.message}</p>
        </StatePage>
      )}
    </>
  );
}

function readSnapshot({ meta, dashboard: document, data }: SnapshotAnswer) {
  const dashboard = parseDashboard(document);
  const frozen = new Map(
    Object.entries(data).map(([id, base64]): [number, PanelData] => [
      Number(id),
      decodePanelData(Uint8Array.from(atob(base64), (char) => char.charCodeAt(0))),
    ]),
  );
  const variables = dashboard.variables.flatMap(asConstant);
  const chosen = variables
    .filter(({ hide }) => hide !== 'variable')
    .map(({ name, label, current }) => `${label || name}: ${current}`)
    .join(' · ');
  const still: Dashboard = {
    ...dashboard,
    title: meta.name || dashboard.title,
    refresh: 'off',
    editable: false,
    variables: variables.map((variable) => ({ ...variable, hide: 'variable' })),
  };
  return { meta, dashboard: still, frozen, chosen: chosen === '' ? '' : ` ${chosen}` };
}

/** What was chosen, for titles; nothing can be chosen any more. */
function asConstant(variable: Variable): ConstantVariable[] {
  if (variable.kind === 'adhoc') return [];
  const { name, label, description, skipUrlSync, hide, extra, current } = variable;
  const value = typeof current === 'string' ? current : current.join(' + ');
  return [
    {
      kind: 'constant',
      name,
      label,
      description,
      skipUrlSync,
      extra,
      hide,
      current: value === ALL_VALUE ? 'All' : value,
    },
  ];
}
