import type { AppNeeds } from '../../app.ts';
import type { Routes } from '../routes.ts';

/** Everything that is said about runs over HTTP. */
export function runRoutes(_app: Routes, _needs: AppNeeds): void {
  // Each part of it registers here.
}
