import type { RouteNeeds } from '../../app.ts';
import { mlflowRoutes } from '../mlflow/mlflow-routes.ts';
import type { Routes } from '../routes.ts';
import { wandbRoutes } from '../wandb/wandb-routes.ts';
import { artifactRoutes } from './artifacts.ts';
import { runsAtRoutes } from './at.ts';
import { curveRoutes } from './curves.ts';
import { exportRoutes } from './export.ts';
import { runFileRoutes } from './files.ts';
import { healthRoutes } from './health.ts';
import { itemRoutes } from './items.ts';
import { kerasRoutes } from './keras.ts';
import { runsLiveRoutes } from './live.ts';
import { logdirRoutes } from './logdirs.ts';
import { metricNameRoutes } from './metric-names.ts';
import { oneRunRoutes } from './one-run.ts';
import { pointRoutes } from './points.ts';
import { projectRoutes } from './projects.ts';
import { runTableRoutes } from './table.ts';
import { viewRoutes } from './views.ts';

/** Everything that is said about runs over HTTP. Returns how many pages are being told of them. */
export function runRoutes(app: Routes, needs: RouteNeeds): () => number {
  runTableRoutes(app, needs);
  oneRunRoutes(app, needs);
  projectRoutes(app, needs);
  healthRoutes(app, needs);
  viewRoutes(app, needs.documents.runs);
  pointRoutes(app, needs);
  curveRoutes(app, needs);
  metricNameRoutes(app, needs);
  itemRoutes(app, needs);
  artifactRoutes(app, needs);
  runsAtRoutes(app, needs);
  exportRoutes(app, needs);
  const liveClients = runsLiveRoutes(app, needs);
  logdirRoutes(app, needs);
  runFileRoutes(app, needs);
  kerasRoutes(app, needs);
  mlflowRoutes(app, needs);
  wandbRoutes(app, needs);
  return liveClients;
}
