import type { Routes } from './routes.ts';

/** How long requests under way may take to finish when the server stops. */
const DRAIN_MS = 1_500;
const IDLE_CHECK_MS = 50;

/** Takes nothing new, lets what is under way finish for a moment, then cuts it off, which gives its queries up. */
export async function drain(app: Routes, drainMs: number = DRAIN_MS): Promise<void> {
  const cut = setTimeout(() => app.server.closeAllConnections(), drainMs);
  // A connection whose answer had begun before the stop is kept alive, and idle only now.
  const idle = setInterval(() => app.server.closeIdleConnections(), IDLE_CHECK_MS);
  await app.close();
  clearInterval(idle);
  clearTimeout(cut);
}
