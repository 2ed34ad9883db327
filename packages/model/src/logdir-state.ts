/**
 * `GET /api/runs/logdirs` → {logdirs}: directories of TensorBoard's event files that the server reads, and how far it is. For admins
 * `POST /api/runs/logdirs` {path, project?, follow?} adds one, `DELETE /api/runs/logdirs/:id` leaves one be; its runs stay.
 */
export interface LogdirState {
  readonly id: string;
  /** On the server's machine; MACHINE:PATH where it was sent from elsewhere. */
  readonly path: string;
  readonly project: string;
  /** Whether the configuration names it, so that it is removed there. */
  readonly byConfig: boolean;
  /** reading: there is more than is kept. following: all is kept. done: it was read once. missing: there is no such directory. */
  readonly state: 'reading' | 'following' | 'done' | 'missing';
  readonly files: number;
  readonly runs: number;
  readonly bytes: number;
  readonly bytesRead: number;
  /** Since the server started. */
  readonly points: number;
  readonly items: number;
  /** What was left out, with counts; "" where nothing was. */
  readonly skipped: string;
  /** Files, relative to `path`, that cannot be read on ("" is the directory as a whole), and why; at most 100. */
  readonly problems: readonly { readonly file: string; readonly sentence: string }[];
  /** Why nothing goes on just now; "" where it does. */
  readonly trouble: string;
}
