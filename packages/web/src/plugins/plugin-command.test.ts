import { expect, test } from 'vitest';
import { pluginCommand } from './plugin-command.ts';

test.each([
  [undefined, 'npx vitrine plugin remove ID'],
  [null, 'npx vitrine plugin remove ID'],
  ['/srv/vitrine', 'npx vitrine plugin remove ID --data /srv/vitrine'],
  ['/srv/my data', "npx vitrine plugin remove ID --data '/srv/my data'"],
  ["/srv/it's", `npx vitrine plugin remove ID --data '/srv/it'\\''s'`],
])('for the data folder %s', (data, command) => {
  expect(pluginCommand('remove ID', data)).toBe(command);
});
