import { Navigate } from '@tanstack/react-router';
import { useState } from 'react';
import type { ReactElement } from 'react';
import { ForEditors } from '../state/for-editors.tsx';
import { startDashboard } from './new-dashboard.ts';

/** `/dashboards/new`: an empty dashboard, open for editing. */
export function NewDashboardPage(): ReactElement {
  return (
    <ForEditors title="New dashboards are not yours to make">
      <StartDashboard />
    </ForEditors>
  );
}

function StartDashboard(): ReactElement {
  const [uid] = useState(startDashboard);
  return <Navigate to="/d/$uid/edit" params={{ uid }} replace />;
}
