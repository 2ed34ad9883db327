import type { Generated } from 'kysely';
import type { Role, SecretKind } from './document-store.ts';

/** The tables of documents.sqlite, as the newest migration leaves them. Booleans are 0 and 1; `_json` columns hold JSON. */
export interface Tables {
  settings: { name: string; value: string };
  users: { id: Generated<number>; name: string; role: Role; created_ms: number };
  secrets: {
    id: string;
    kind: SecretKind;
    hash: string;
    name: string;
    user_id: number;
    /** Separated by spaces. */
    scopes: string;
    labels_json: string;
    created_ms: number;
    used_ms: number | null;
    expires_ms: number | null;
  };
  dashboards: {
    id: Generated<number>;
    uid: string;
    /** "" is no folder. */
    folder_uid: string;
    title: string;
    description: string;
    tags_json: string;
    panel_count: number;
    revision: number;
    created_ms: number;
    created_by: string;
    updated_ms: number;
    updated_by: string;
    /** Where a file says what it is: the provider's name, that file and a hash of what it held; "" for the others. */
    provider: string;
    file: string;
    file_hash: string;
    /** Whether people may save over what the file said. */
    locked: number;
    /** A Dashboard, of the version it was saved in. */
    json: string;
  };
  dashboard_revisions: {
    dashboard_uid: string;
    revision: number;
    saved_ms: number;
    saved_by: string;
    message: string;
    restored: number | null;
    json: string;
  };
  library_panel_uses: { dashboard_uid: string; library_panel_uid: string };
  stars: { user_id: number; dashboard_uid: string };
  folders: {
    id: Generated<number>;
    uid: string;
    title: string;
    description: string;
    /** "" stands at the top. */
    parent_uid: string;
    version: number;
    created_ms: number;
    updated_ms: number;
    updated_by: string;
  };
  annotations: {
    id: Generated<number>;
    /** "" stands on all dashboards. */
    dashboard_uid: string;
    panel_id: number | null;
    time_ms: number;
    end_ms: number;
    text: string;
    tags_json: string;
    data_json: string;
    user_id: number;
    user_name: string;
    created_ms: number;
    updated_ms: number;
  };
  annotation_tags: { annotation_id: number; tag: string };
  library_panels: {
    id: Generated<number>;
    uid: string;
    name: string;
    description: string;
    kind: string;
    folder_uid: string;
    version: number;
    created_ms: number;
    updated_ms: number;
    updated_by: string;
    /** A Panel. */
    json: string;
  };
  playlists: { id: Generated<number>; uid: string; name: string; interval: string; items_json: string };
  snapshots: {
    id: Generated<number>;
    key: string;
    delete_hash: string;
    name: string;
    user_id: number;
    user_name: string;
    public: number;
    original_url: string;
    created_ms: number;
    expires_ms: number | null;
    size_bytes: number;
    dashboard_json: string;
    data_json: string;
  };
  data_sources: {
    id: Generated<number>;
    uid: string;
    name: string;
    type: string;
    url: string;
    settings_json: string;
    is_default: number;
    /** Set up by a file that locks it. */
    read_only: number;
    /** As a file says: nobody has changed it since. */
    by_file: number;
    version: number;
    updated_ms: number;
  };
  /** Apart from their source, so that no listing of sources ever holds them. */
  data_source_secrets: {
    source_uid: string;
    name: string;
    value: string;
    /** Whether `value` is enciphered: 1, or 0 as it was kept before. */
    sealed: number;
  };
  projects: {
    id: Generated<number>;
    name: string;
    tags_json: string;
    created_ms: number;
    updated_ms: number;
    deleted_ms: number | null;
  };
  runs: {
    id: string;
    project_id: number;
    name: string;
    /** "" is none. */
    run_group: string;
    status: string;
    started_ms: number;
    ended_ms: number | null;
    heartbeat_ms: number;
    first_heard_ms: number | null;
    source: string;
    notes: string;
    parent_id: string | null;
    user_name: string;
    tags_json: string;
    params_json: string;
    hosts_json: string;
    labels_json: string;
    deleted_ms: number | null;
    revision: number;
  };
  findings: {
    run_id: string;
    id: string;
    state: string;
    state_by: string;
    /** The rest of a Finding, as run-json.ts writes it. */
    json: string;
  };
  run_views: { uid: string; name: string; project: string; state_json: string; updated_ms: number; updated_by: string };
  mlflow_models: {
    id: string;
    project_id: number;
    run_id: string | null;
    name: string;
    model_type: string;
    status: string;
    params_json: string;
    tags_json: string;
    labels_json: string;
    created_ms: number;
    updated_ms: number;
    deleted_ms: number | null;
  };
  mlflow_model_metrics: {
    model_id: string;
    key: string;
    run_id: string;
    dataset_name: string;
    dataset_digest: string;
    value: string;
    time_ms: number;
    step: number;
  };
  mlflow_run_links: { run_id: string; kind: string; key: string; json: string };
}
