import type { LiveGrowth } from '@vitrine/model/api.ts';

/** Where a live page stands with the server. */
export type LiveStatus =
  | { readonly kind: 'off' }
  | { readonly kind: 'connecting' }
  | { readonly kind: 'live' }
  | { readonly kind: 'lost'; readonly sinceMs: number; readonly attempt: number };

/** What of EventSource is used here. */
export interface GrowthSource {
  addEventListener(type: string, listener: (event: { data?: string }) => void): void;
  close(): void;
}

export interface LiveFeedNeeds {
  readonly url: string;
  readonly onGrowth: (growth: LiveGrowth) => void;
  readonly onStatus: (status: LiveStatus) => void;
  /** The line came back after it was lost: what grew meanwhile was not told. */
  readonly onReturn: () => void;
  readonly open?: (url: string) => GrowthSource;
  readonly now?: () => number;
}

const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 15_000;

/** Listens until the answer is called. A lost line is tried again, ever more rarely, up to every 15 s. */
export function openLiveFeed({
  url,
  onGrowth,
  onStatus,
  onReturn,
  open = openEventSource,
  now = Date.now,
}: LiveFeedNeeds): () => void {
  let source: GrowthSource | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let attempt = 0;
  let lostMs: number | undefined;

  function connect(): void {
    const current = open(url);
    source = current;
    current.addEventListener('open', () => {
      if (source !== current) return;
      onStatus({ kind: 'live' });
      if (lostMs !== undefined) onReturn();
      lostMs = undefined;
      attempt = 0;
    });
    current.addEventListener('growth', ({ data }) => {
      const growth = readGrowth(data);
      if (source === current && growth !== undefined) onGrowth(growth);
    });
    current.addEventListener('error', () => {
      if (source !== current) return;
      // EventSource would come back by itself, but not after an HTTP error, and without ever waiting longer.
      current.close();
      source = undefined;
      attempt += 1;
      lostMs ??= now();
      onStatus({ kind: 'lost', sinceMs: lostMs, attempt });
      timer = setTimeout(connect, Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** (attempt - 1)) * (0.75 + Math.random() / 2));
    });
  }

  onStatus({ kind: 'connecting' });
  connect();
  return () => {
    clearTimeout(timer);
    source?.close();
    source = undefined;
    onStatus({ kind: 'off' });
  };
}

function openEventSource(url: string): GrowthSource {
  return new EventSource(url);
}

/** undefined where it is not a notice of growth: one that can't be read costs one refresh, not the page. */
function readGrowth(data: string | undefined): LiveGrowth | undefined {
  try {
    const { panels, toMs } = JSON.parse(data ?? '') as Partial<LiveGrowth>;
    if (!Array.isArray(panels) || typeof toMs !== 'number') return undefined;
    return { panels: panels.filter((id) => typeof id === 'number'), toMs };
  } catch {
    return undefined;
  }
}
