import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { CONTRACT_VERSION } from '@vitrine/plugins/contract.ts';
import { hashPlugin } from './install-plugin.ts';
import { isPluginId, MANIFEST_FILE } from './manifest.ts';
import { PluginRefused } from './plugin-folder.ts';

/**
 * Makes a folder with a plugin that can be installed as it is: a panel, and a data source that needs no server. Its name is the
 * plugin's id. Returns the folder. Throws PluginRefused where there is something already.
 */
export async function newPlugin(folder: string): Promise<string> {
  const id = basename(folder);
  if (!isPluginId(id))
    throw new PluginRefused(
      `"${id}" cannot be a plugin’s id: use small letters and digits with "-" between, such as air-quality.`,
    );
  await mkdir(folder, { recursive: true });
  if ((await readdir(folder)).length > 0)
    throw new PluginRefused(`${folder} is not empty. Choose a folder that is not there yet.`);
  const title = id.charAt(0).toUpperCase() + id.slice(1).replaceAll('-', ' ');
  const files = {
    [MANIFEST_FILE]: manifestOf(id, title),
    'server.js': serverOf(id),
    'web.js': webOf(id, title),
    'README.md': readmeOf(id, title),
  };
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
  await hashPlugin(folder);
  return folder;
}

function manifestOf(id: string, title: string): string {
  return JSON.stringify(
    {
      id,
      version: '0.1.0',
      title,
      description: 'What this plugin is for, in a sentence.',
      author: 'Your name',
      licence: 'Apache-2.0',
      contract: CONTRACT_VERSION,
      panels: [`${id}-panel`],
      sources: [{ kind: `${id}-source`, title: `${title} source`, description: 'A wave of the period that a query asks for.' }],
      server: 'server.js',
      web: 'web.js',
      files: {},
    },
    undefined,
    2,
  );
}

function serverOf(id: string): string {
  return `// The data sources' half. It runs in a process of its own, and reaches the network only by the \`fetch\` that connect() is handed.
export default ({ BadRequest }) => ({
  datasources: [
    {
      spec: {
        kind: '${id}-source',
        // Settings as saved: name, url, what lies below jsonData, and secrets by name.
        parseSettings({ name, jsonData = {} }) {
          const { amplitude = 1 } = jsonData;
          if (typeof amplitude !== 'number') throw new BadRequest('jsonData.amplitude', 'is no number');
          return { name, amplitude };
        },
        // A query as saved by the editor in web.js.
        parseQuery({ minutes = 10 }) {
          if (!(minutes > 0)) throw new BadRequest('minutes', 'is not above 0');
          return { minutes };
        },
      },
      connect: ({ name, amplitude }, { fetch: _fetch }) => ({
        async query(refId, { minutes }, { fromMs, toMs, stepMs }) {
          const length = Math.floor((toMs - fromMs) / stepMs) + 1;
          const times = Float64Array.from({ length }, (_, index) => fromMs + index * stepMs);
          const values = times.map((ms) => amplitude * Math.sin((2 * Math.PI * ms) / (minutes * 60_000)));
          return {
            frames: [
              {
                refId,
                shape: 'series',
                length,
                fields: [
                  { name: 'time', type: 'time', values: times },
                  { name: 'wave', type: 'number', values },
                ],
              },
            ],
            notices: [],
            trace: { executed: \`a wave of \${minutes} minutes\`, stepMs },
          };
        },
        async check() {
          return { product: '${id}', version: '', notes: [\`"\${name}" answers.\`] };
        },
      }),
    },
  ],
});
`;
}

function webOf(id: string, title: string): string {
  return `// The page's half: an ES module that imports nothing. What it needs, React among it, comes in as \`vitrine\`.
export default ({ h, show, names, BadRequest, Controls, Empty }) => {
  function Panel({ options, data, width, height, context }) {
    const labels = names(data.frames);
    const rows = data.frames.flatMap((frame, index) =>
      frame.fields.flatMap((field, column) =>
        field.type === 'number' && frame.length > 0
          ? [{ label: labels[index][column], shown: show(field, context)(field.values[frame.length - 1]) }]
          : [],
      ),
    );
    if (rows.length === 0) return h(Empty, { text: 'No numbers', width, height });
    return h(
      'ul',
      { style: { margin: 0, padding: 0, listStyle: 'none', width, height, overflow: 'auto' } },
      rows.slice(0, options.rows).map(({ label, shown }) =>
        h(
          'li',
          { key: label, style: { display: 'flex', justifyContent: 'space-between', gap: 12, lineHeight: '24px' } },
          h('span', null, label),
          h('strong', { style: { color: shown.color } }, shown.text),
        ),
      ),
    );
  }

  const queryControls = [
    { path: 'minutes', label: 'Period', hint: 'In minutes.', group: '', input: { kind: 'number', min: 1 }, otherwise: 10 },
  ];

  return {
    panels: [
      {
        spec: {
          kind: '${id}-panel',
          title: '${title}',
          description: 'The newest value of each series.',
          parseOptions(input) {
            const { rows = 20 } = input ?? {};
            if (!Number.isInteger(rows) || rows < 1) throw new BadRequest('rows', 'is not a whole number above 0');
            return { rows };
          },
          controls: [{ path: 'rows', label: 'Rows', group: '${title}', input: { kind: 'number', min: 1 }, otherwise: 20 }],
        },
        Component: Panel,
      },
    ],
    datasources: [
      {
        spec: {
          kind: '${id}-source',
          title: '${title} source',
          description: 'A wave of the period that a query asks for.',
          controls: [
            { path: 'jsonData.amplitude', label: 'Amplitude', group: 'Wave', input: { kind: 'number' }, otherwise: 1 },
          ],
          parseSettings: (input) => input,
          parseQuery: (input) => input,
        },
        newQuery: { minutes: 10 },
        QueryEditor: ({ spec, onChange, onRun }) => h(Controls, { controls: queryControls, value: spec, onChange, onRun }),
      },
    ],
  };
};
`;
}

function readmeOf(id: string, title: string): string {
  return `# ${title}

A plugin for Vitrine. Vitrine's docs/plugins.md says what each part may do.

- \`${MANIFEST_FILE}\`: what the plugin is, what it brings, and the SHA-256 of its files
- \`server.js\`: its data source
- \`web.js\`: its panel, and the settings and the query editor of its data source

After a change raise \`version\`, then:

    vitrine plugin hash .
    vitrine plugin update .       (\`add\` the first time)

and restart the server. To hand it to others: \`npm pack\` (with a package.json) makes the archive that \`vitrine plugin add ${id}-0.1.0.tgz\` takes.
`;
}
