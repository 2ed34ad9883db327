import type { AnnotationDocuments } from './annotations.ts';
import type { DashboardDocuments } from './dashboards.ts';
import type { DataSourceDocuments } from './data-sources.ts';
import type { FolderDocuments } from './folders.ts';
import type { LibraryPanelDocuments } from './library-panels.ts';
import type { MlflowDocuments } from './mlflow.ts';
import type { PlaylistDocuments } from './playlists.ts';
import type { RunDocuments } from './runs.ts';
import type { SnapshotDocuments } from './snapshots.ts';

/** Holds what people make: users, sessions, tokens, dashboards, settings. Times are unix milliseconds. */
export interface DocumentStore {
  setting(name: string): Promise<string | undefined>;
  setSetting(name: string, value: string): Promise<void>;

  users(): Promise<readonly User[]>;
  /** The user of that name; made with that role where there is none. */
  ensureUser(name: string, role: Role, nowMs: number): Promise<User>;

  addSecret(secret: NewSecret): Promise<void>;
  /** A secret that is neither expired nor used up. */
  secret(kind: SecretKind, hash: string, nowMs: number): Promise<Secret | undefined>;
  /** Removes a secret that is still good and answers it: of two who take it at once only one gets it. */
  takeSecret(kind: SecretKind, hash: string, nowMs: number): Promise<Secret | undefined>;
  extendSecret(id: string, expiresMs: number, usedMs: number): Promise<void>;
  secrets(kind: SecretKind): Promise<readonly Secret[]>;
  /** Whether there was one. */
  removeSecret(kind: SecretKind, id: string): Promise<boolean>;
  removeExpiredSecrets(nowMs: number): Promise<void>;

  readonly dashboards: DashboardDocuments;
  readonly folders: FolderDocuments;
  readonly annotations: AnnotationDocuments;
  readonly libraryPanels: LibraryPanelDocuments;
  readonly playlists: PlaylistDocuments;
  readonly snapshots: SnapshotDocuments;
  readonly dataSources: DataSourceDocuments;
  readonly runs: RunDocuments;
  readonly mlflow: MlflowDocuments;

  close(): Promise<void>;
}

export type Role = 'viewer' | 'editor' | 'admin';

export interface User {
  readonly id: number;
  readonly name: string;
  readonly role: Role;
}

/** session: a signed-in browser. link: a one-time sign-in. token: an API token. */
export type SecretKind = 'session' | 'link' | 'token';

/** Something that opens a door. Only the SHA-256 of the secret itself is kept. */
export interface Secret {
  readonly id: string;
  readonly kind: SecretKind;
  /** What people call a token; "" elsewhere. */
  readonly name: string;
  readonly user: User;
  /** What a token may do; none for the other kinds, which may do what their user may. */
  readonly scopes: readonly string[];
  /** What a token puts on every series that is sent with it. */
  readonly labels: Readonly<Record<string, string>>;
  readonly createdMs: number;
  readonly usedMs: number | undefined;
  /** undefined: never. */
  readonly expiresMs: number | undefined;
}

export interface NewSecret extends Omit<Secret, 'usedMs' | 'user'> {
  readonly hash: string;
  readonly userId: number;
}
