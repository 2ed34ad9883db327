/** Which dashboards were opened in this browser. Nobody else learns of it. */

const KEY = 'vitrine-recent-dashboards';
const MOST = 50;

export interface OpenedDashboard {
  readonly uid: string;
  readonly title: string;
}

/** The newest first. Anything may stand in the browser's store: what can't be read is left out. */
export function loadRecent(): readonly OpenedDashboard[] {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(KEY) ?? '[]');
    return Array.isArray(kept) ? kept.filter(isOpened).slice(0, MOST) : [];
  } catch {
    return [];
  }
}

export function noteOpened({ uid, title }: OpenedDashboard): void {
  const others = loadRecent().filter((one) => one.uid !== uid);
  try {
    localStorage.setItem(KEY, JSON.stringify([{ uid, title }, ...others].slice(0, MOST)));
  } catch {
    // Storage is forbidden or full: then nothing is recent.
  }
}

function isOpened(value: unknown): value is OpenedDashboard {
  const { uid, title } = (value ?? {}) as Partial<Record<keyof OpenedDashboard, unknown>>;
  return typeof uid === 'string' && typeof title === 'string';
}
