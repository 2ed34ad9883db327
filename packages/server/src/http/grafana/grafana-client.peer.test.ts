import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const ROOT = fileURLToPath(new URL('../../../../../', import.meta.url));
const VITRINE = join(ROOT, 'packages/server/bin/vitrine.mjs');
const CLIENT = 'grafana-client==5.1.4';

/** What a team's script does with Python's grafana-client. It says what it got as JSON, by the name of the step. */
const SCRIPT = `
import json, sys
from grafana_client import GrafanaApi, TokenAuth
from grafana_client.client import GrafanaClientError, GrafanaBadInputError

url, token = sys.argv[1:3]
got = {}
g = GrafanaApi.from_url(url, credential=TokenAuth(token))

def fails(action):
    try:
        action()
    except (GrafanaClientError, GrafanaBadInputError) as error:
        return [error.status_code, error.response.get("status"), error.message]
    return None

got["version"] = g.connect()["version"]
got["user"] = g.user.get_actual_user()
got["orgs"] = g.user.get_actual_user_organisations()
got["org"] = g.organization.get_current_organization()
got["users"] = g.organization.get_current_organization_users()
got["found user"] = g.users.find_user(got["user"]["login"])
got["searched users"] = g.users.search_users()

folder = g.folder.create_folder("Models", "models")
got["folder"] = folder
g.folder.create_folder("Drift", "drift", parent_uid="models")
got["folders"] = g.folder.get_all_folders()
got["nested"] = g.folder.get_all_folders(parent_uid="models")
got["folder by id"] = g.folder.get_folder_by_id(folder["id"])
got["stale folder"] = fails(lambda: g.folder.update_folder("models", title="X", version=99))
got["renamed folder"] = g.folder.update_folder("models", title="All models", version=folder["version"])
got["moved folder"] = g.folder.move_folder("drift", "")

panel = {"id": 1, "type": "timeseries", "title": "Loss", "gridPos": {"x": 0, "y": 0, "w": 12, "h": 8},
         "targets": [{"refId": "A", "expr": "training_loss", "datasource": {"type": "prometheus", "uid": "p"}}]}
document = {"id": None, "uid": "loss", "title": "Training loss", "tags": ["ml", "loss"], "schemaVersion": 41, "panels": [panel]}
got["saved"] = g.dashboard.update_dashboard({"dashboard": document, "folderUid": "models", "message": "first", "overwrite": False})
answer = g.dashboard.get_dashboard("loss")
got["read"] = answer
answer["dashboard"]["title"] = "Training loss, again"
got["changed"] = g.dashboard.update_dashboard({"dashboard": answer["dashboard"], "folderUid": "models", "message": "second"})
got["stale dashboard"] = fails(lambda: g.dashboard.update_dashboard({"dashboard": answer["dashboard"], "message": "late"}))
got["versions"] = g.dashboard_versions.get_dashboard_versions_by_uid("loss")
got["versions by id"] = g.dashboard_versions.get_dashboard_versions_by_id(got["saved"]["id"])
got["version 1"] = g.dashboard_versions.get_dashboard_version_by_uid("loss", 1)
got["restored"] = g.dashboard_versions.restore_dashboard_by_uid("loss", 1)
got["search"] = g.search.search_dashboards(query="training", tag="ml", type_="dash-db", folder_uids=["models"])
got["search folders"] = g.search.search_dashboards(type_="dash-folder")
got["tags"] = g.dashboard.get_dashboards_tags()
got["home"] = g.dashboard.get_home_dashboard()["meta"]
g.user.star_actual_user_dashboard(got["saved"]["id"])
got["starred"] = g.search.search_dashboards(starred=True)
# The usual script: no uid, and whatever is there is replaced.
for _ in range(2):
    got["by title"] = g.dashboard.update_dashboard({"dashboard": {"id": None, "title": "By title", "panels": []}, "overwrite": True})
got["twin"] = fails(lambda: g.dashboard.update_dashboard({"dashboard": {"id": None, "title": "By title", "panels": []}}))

added = g.annotations.add_annotation(dashboard_uid="loss", panel_id=1, time_from=1000, time_to=2000, tags=["deploy", "v2"], text="Deployed v2")
got["annotation"] = added
g.annotations.add_annotation_graphite(what="Restarted", tags=["ops"], when=3, data="by hand")
got["annotations"] = g.annotations.find_annotations(time_from=500, time_to=5000, tags=["deploy"])
got["all annotations"] = g.annotations.find_annotations(time_from=500, time_to=5000, limit=10)
g.annotations.update_annotation(added["id"], time_from=1500, time_to=2500, tags=["deploy"], text="Deployed v2.1")
g.annotations.partial_update_annotation(added["id"], tags=["deploy", "late"])
got["changed annotation"] = g.annotations.find_annotations(dashboard_uid="loss")
got["deleted annotation"] = g.annotations.delete_annotations_by_id(added["id"])

source = {"name": "Fleet", "type": "prometheus", "url": "http://127.0.0.1:1", "access": "proxy", "uid": "fleet",
          "jsonData": {"httpMethod": "POST"}, "secureJsonData": {"basicAuthPassword": "s3cret"}}
got["source"] = g.datasource.create_datasource(source)
got["sources"] = g.datasource.list_datasources()
got["source by name"] = g.datasource.get_datasource_by_name("Fleet")
got["source by id"] = g.datasource.get_datasource_by_id(got["source"]["id"])
got["source id"] = g.datasource.get_datasource_id_by_name("Fleet")
got["source twin"] = fails(lambda: g.datasource.create_datasource(source))
got["source changed"] = g.datasource.update_datasource_by_uid("fleet", {**source, "name": "Fleet 2", "secureJsonData": {}})
got["source deleted"] = g.datasource.delete_datasource_by_uid("fleet")
got["source gone"] = fails(lambda: g.datasource.get_datasource_by_uid("fleet"))

got["own health"] = g.datasource.health("builtin")
got["own query"] = g.datasource.query(datasource_uid="builtin", query="1+1", timestamp=1700000000)
# Vitrine as a Prometheus, asked through Vitrine.
self = {"name": "Itself", "type": "prometheus", "url": url, "access": "proxy", "uid": "itself"}
g.datasource.create_datasource(self)
got["health"] = g.datasource.health("itself")
inquiry = g.datasource.health_inquiry("itself")
got["inquiry"] = [inquiry.success, inquiry.status]
got["query"] = g.datasource.smartquery(g.datasource.get_datasource_by_uid("itself"), "vector(42)")
got["wrong query"] = fails(lambda: g.datasource.smartquery(g.datasource.get_datasource_by_uid("itself"), "vector("))

snapshot = g.snapshots.create_new_snapshot(dashboard=answer["dashboard"], name="Kept", expires=3600)
got["snapshot"] = snapshot
got["snapshot read"] = g.snapshots.get_snapshot_by_key(snapshot["key"])
got["snapshots"] = g.snapshots.get_dashboard_snapshots()
got["snapshot deleted"] = g.snapshots.delete_snapshot_by_delete_key(snapshot["deleteKey"])

got["deleted"] = g.dashboard.delete_dashboard("loss")
got["gone"] = fails(lambda: g.dashboard.get_dashboard("loss"))
got["folder deleted"] = g.folder.delete_folder("models")
got["folders left"] = g.folder.get_all_folders()
# The password of a user may be a token, for what sends nothing else.
got["basic"] = GrafanaApi.from_url(url, credential=("admin", token)).user.get_actual_user()["login"]
print(json.dumps(got))
`;

const folder = mkdtempSync(join(tmpdir(), 'vitrine-grafana-client-'));
const data = join(folder, 'data');
let got: Record<string, unknown> = {};
let url = '';
let token = '';
let stop = async (): Promise<void> => {};

beforeAll(async () => {
  const environment = join(ROOT, '.cache/peers/grafana-client');
  mkdirSync(environment, { recursive: true });
  execFileSync('python3', ['-m', 'venv', environment]);
  execFileSync(join(environment, 'bin/pip'), ['install', '--quiet', '--disable-pip-version-check', CLIENT]);
  const args = ['serve', '--data', data, '--listen', '127.0.0.1:0'];
  const server = spawn(process.execPath, [VITRINE, ...args], { cwd: folder, stdio: ['ignore', 'pipe', 'inherit'] });
  stop = async () => {
    const ended = new Promise<void>((resolve) => server.once('exit', () => resolve()));
    server.kill('SIGTERM');
    await ended;
  };
  for await (const line of createInterface({ input: server.stdout })) {
    const found = /ready at (http\S+)/.exec(line)?.[1];
    if (found === undefined) continue;
    url = found;
    break;
  }
  const create = [VITRINE, 'token', 'create', '--data', data, '--name', 'script', '--scope', 'admin'];
  token = execFileSync(process.execPath, create, { cwd: folder, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  writeFileSync(join(folder, 'script.py'), SCRIPT);
  const output = execFileSync(join(environment, 'bin/python'), [join(folder, 'script.py'), url, token], { encoding: 'utf8' });
  got = JSON.parse(output) as Record<string, unknown>;
});

afterAll(async () => {
  await stop();
  rmSync(folder, { recursive: true, force: true });
});

describe('a script with Python’s grafana-client', () => {
  test.each<[string, unknown]>([
    ['version', expect.stringMatching(/^\d+\.\d+\.\d+$/)],
    ['user', { login: 'owner', orgId: 1, isGrafanaAdmin: true }],
    ['orgs', [{ orgId: 1, role: 'Admin' }]],
    ['org', { id: 1, name: 'Main Org.' }],
    ['users', [{ login: 'owner', role: 'Admin' }]],
    ['folder', { uid: 'models', title: 'Models', version: 1, url: '/dashboards/f/models/models' }],
    ['folders', [{ uid: 'models' }]],
    ['nested', [{ uid: 'drift', parentUid: 'models' }]],
    ['folder by id', { uid: 'models' }],
    ['stale folder', [412, 'version-mismatch', expect.any(String)]],
    ['renamed folder', { title: 'All models', version: 2 }],
    ['moved folder', { uid: 'drift', parents: [] }],
    ['saved', { uid: 'loss', status: 'success', version: 1, url: '/d/loss/training-loss', folderUid: 'models' }],
    ['read', { meta: { folderUid: 'models', folderTitle: 'All models', version: 1 }, dashboard: { uid: 'loss', version: 1 } }],
    ['read', { dashboard: { tags: ['ml', 'loss'], panels: [{ type: 'timeseries', targets: [{ expr: 'training_loss' }] }] } }],
    ['changed', { version: 2 }],
    ['stale dashboard', [412, 'version-mismatch', expect.stringContaining('script saved it meanwhile')]],
    [
      'versions',
      {
        versions: [
          { version: 2, message: 'second', createdBy: 'script' },
          { version: 1, message: 'first' },
        ],
      },
    ],
    ['versions by id', [{ version: 2 }, { version: 1 }]],
    ['version 1', { version: 1, data: { title: 'Training loss' } }],
    ['restored', { version: 3 }],
    ['search', [{ uid: 'loss', title: 'Training loss', type: 'dash-db', folderUid: 'models', tags: ['ml', 'loss'] }]],
    ['search folders', [{ uid: 'models', type: 'dash-folder' }, { uid: 'drift' }]],
    ['home', { isHome: true }],
    ['starred', [{ uid: 'loss', isStarred: true }]],
    ['by title', { version: 2 }],
    ['twin', [412, 'name-exists', expect.any(String)]],
    ['annotation', { message: 'Annotation added' }],
    [
      'annotations',
      [{ text: 'Deployed v2', time: 1000, timeEnd: 2000, panelId: 1, dashboardUID: 'loss', tags: ['deploy', 'v2'] }],
    ],
    ['all annotations', [{ text: 'Restarted\nby hand', time: 3000 }, { text: 'Deployed v2' }]],
    ['changed annotation', [{ text: 'Deployed v2.1', time: 1500, timeEnd: 2500, tags: ['deploy', 'late'] }]],
    ['deleted annotation', { message: 'Annotation deleted' }],
    ['source', { message: 'Datasource added', datasource: { uid: 'fleet', secureJsonFields: { basicAuthPassword: true } } }],
    ['source by name', { uid: 'fleet', jsonData: { httpMethod: 'POST' } }],
    ['source by id', { uid: 'fleet' }],
    ['source twin', [409, null, expect.any(String)]],
    ['source changed', { name: 'Fleet 2', datasource: { secureJsonFields: { basicAuthPassword: true }, version: 2 } }],
    ['source deleted', { message: 'Data source deleted' }],
    ['source gone', [404, null, expect.any(String)]],
    ['own health', { status: 'OK' }],
    ['own query', { data: { result: [1_700_000_000, '2'] } }],
    ['health', { status: 'OK' }],
    ['inquiry', [true, 'OK']],
    ['query', { results: { test: { frames: [{ schema: { fields: [{ type: 'time' }, { type: 'number' }] } }] } } }],
    ['wrong query', [400, null, expect.any(String)]],
    ['snapshot read', { meta: { isSnapshot: true, name: 'Kept' } }],
    ['snapshots', [{ name: 'Kept' }]],
    ['deleted', { title: 'Training loss' }],
    ['gone', [404, null, expect.any(String)]],
    ['folder deleted', { title: 'All models' }],
    ['folders left', [{ uid: 'drift' }]],
    ['basic', 'owner'],
  ])('%s', (step, wanted) => {
    if (typeof wanted === 'object' && wanted !== null && !('asymmetricMatch' in wanted)) expect(got[step]).toMatchObject(wanted);
    else expect(got[step]).toEqual(wanted);
  });

  test('sees no secret', () => {
    expect(JSON.stringify(got)).not.toContain('s3cret');
  });
});

describe('a pipeline with curl', () => {
  const curl = (...args: string[]): unknown =>
    JSON.parse(execFileSync('curl', ['--silent', '--header', `Authorization: Bearer ${token}`, ...args], { encoding: 'utf8' }));
  const json = ['--header', 'Content-Type: application/json'];

  test('writes down a deployment in one line', () => {
    const body = '{"text":"Deployed v3","tags":["deploy"]}';
    expect(curl(...json, '--data', body, `${url}/api/annotations`)).toMatchObject({ message: 'Annotation added' });
    expect(curl(`${url}/api/annotations?tags=deploy`)).toMatchObject([{ text: 'Deployed v3', login: 'script' }]);
  });

  test('asks for health without a token', () => {
    expect(JSON.parse(execFileSync('curl', ['--silent', `${url}/api/health`], { encoding: 'utf8' }))).toMatchObject({
      database: 'ok',
    });
  });

  test('backs up and brings back every dashboard', () => {
    const dashboard = { uid: 'kept', title: 'Kept', panels: [] };
    curl(...json, '--data', JSON.stringify({ dashboard, overwrite: true }), `${url}/api/dashboards/db`);
    const hits = curl(`${url}/api/search?type=dash-db&query=kept`) as { uid: string }[];
    expect(hits.map(({ uid }) => uid)).toEqual(['kept']);
    const { dashboard: saved } = curl(`${url}/api/dashboards/uid/kept`) as { dashboard: object };
    curl('--request', 'DELETE', `${url}/api/dashboards/uid/kept`);
    const back = curl(
      ...json,
      '--data',
      JSON.stringify({ dashboard: { ...saved, id: null }, overwrite: true }),
      `${url}/api/dashboards/db`,
    );
    expect(back).toMatchObject({ uid: 'kept', status: 'success', version: 1 });
  });
});
