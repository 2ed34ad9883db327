/** Where a live page stands with the server. */
export type LiveStatus =
  | { readonly kind: 'off' }
  | { readonly kind: 'connecting' }
  | { readonly kind: 'live' }
  | { readonly kind: 'lost'; readonly sinceMs: number; readonly attempt: number };

/** What of EventSource is used here. */
export interface NoticeSource {
  addEventListener(type: string, listener: (event: { data?: string }) => void): void;
  close(): void;
}

export interface LiveFeedNeeds<T> {
  readonly url: string;
  /** The name of the events that are listened to. */
  readonly event: string;
  /** undefined where it is no such notice: one that can't be read costs one refresh, not the page. */
  readonly read: (notice: unknown) => T | undefined;
  readonly onNotice: (notice: T) => void;
  readonly onStatus: (status: LiveStatus) => void;
  /** The line came back after it was lost: what happened meanwhile was not told. */
  readonly onReturn: () => void;
  readonly open?: (url: string) => NoticeSource;
  readonly now?: () => number;
}

const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 15_000;

/** Listens until the answer is called. A lost line is tried again, ever more rarely, up to every 15 s. */
export function openLiveFeed<T>({
  url,
  event,
  read,
  onNotice,
  onStatus,
  onReturn,
  open = openEventSource,
  now = Date.now,
}: LiveFeedNeeds<T>): () => void {
  let source: NoticeSource | undefined;
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
    current.addEventListener(event, ({ data }) => {
      const notice = readNotice(data, read);
      if (source === current && notice !== undefined) onNotice(notice);
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

function openEventSource(url: string): NoticeSource {
  return new EventSource(url);
}

function readNotice<T>(data: string | undefined, read: (notice: unknown) => T | undefined): T | undefined {
  try {
    return read(JSON.parse(data ?? ''));
  } catch {
    return undefined;
  }
}
