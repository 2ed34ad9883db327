// @vitest-environment happy-dom
import { act } from 'react';
import { expect, test, vi } from 'vitest';

import type { PanelContext } from '../contract.ts';
import { drawPanels } from './show-panel.tsx';

const panel = drawPanels();

/** Answers by the beginning of the path. */
function asking(answers: Readonly<Record<string, unknown>>) {
  return vi.fn<NonNullable<PanelContext['ask']>>(async (path) => {
    const found = Object.entries(answers).find(([start]) => path.startsWith(start));
    if (found === undefined) throw new Error(`There is no ${path}.`);
    return found[1];
  });
}

const card = (uid: string, title: string, more = {}) => ({ uid, title, tags: [], starred: false, folder: undefined, ...more });

test('dashboards: starred, recent and found ones, with the range and the variables', async () => {
  const ask = asking({
    '/api/dashboards?starred=true': { dashboards: [card('s', '<b>Starred</b>', { starred: true })], total: 1 },
    '/api/dashboards?limit=10&q=gpu&tag=ml&folder=f1': {
      dashboards: [card('q r', 'Found', { folder: { uid: 'f1', title: 'Team' } })],
      total: 1,
    },
  });
  const text = await panel.show(
    'dashlist',
    [],
    {},
    {
      showRecentlyViewed: true,
      showSearch: true,
      query: 'gpu',
      tags: ['ml'],
      folderUID: 'f1',
      keepTime: true,
      includeVars: true,
    },
    {
      ask,
      dashboard: { uid: 'here', title: 'Here' },
      recent: () => [
        { uid: 'here', title: 'Here' },
        { uid: 'r', title: 'Recent' },
      ],
      replace: (word) => ({ '${__url_time_range}': 'from=1&to=2', '${__all_variables}': 'var-a=b' })[word] ?? word,
    },
  );
  for (const part of ['<b>Starred</b>', 'Found', 'Team', 'Recent']) expect(text).toContain(part);
  expect(text).not.toContain('Here');
  expect([...panel.host.querySelectorAll('a')].map((link) => link.getAttribute('href'))).toEqual([
    '/d/s?from=1&to=2&var-a=b',
    '/d/r?from=1&to=2&var-a=b',
    '/d/q%20r?from=1&to=2&var-a=b',
  ]);
});

test('dashboards: what the server says against it is shown', async () => {
  const ask = vi.fn<NonNullable<PanelContext['ask']>>(async () => {
    throw new Error('Vitrine does not answer.');
  });
  expect(await panel.show('dashlist', [], {}, {}, { ask })).toContain('Vitrine does not answer.');
});

const note = {
  id: 1,
  time: 1_000_000,
  timeEnd: 1_060_000,
  text: '<i>Deploy</i> 7',
  tags: ['deploy'],
  login: 'ada',
  dashboardUID: null,
};

test('annotations: a click goes to its time, a tag asks for it alone', async () => {
  const ask = asking({
    '/api/annotations': [note, { ...note, id: 2, text: 'Elsewhere', dashboardUID: 'other', panelId: 3 }, 'junk'],
  });
  const zoomTo = vi.fn<PanelContext['zoomTo']>();
  const text = await panel.show('annolist', [], {}, { tags: ['prod'] }, { ask, zoomTo });
  for (const part of ['<i>Deploy</i> 7', 'ada', '1970-01-01 00:16:40', 'for 1 m']) expect(text).toContain(part);
  const buttons = [...panel.host.querySelectorAll('button')];
  act(() => buttons[0]!.click());
  expect(zoomTo).toHaveBeenCalledWith(400_000, 1_660_000);
  expect(panel.host.querySelector('a')?.getAttribute('href')).toBe('/d/other?from=400000&to=1660000&viewPanel=3');
  await act(async () => buttons[1]!.click());
  expect(ask.mock.lastCall?.[0]).toBe('/api/annotations?limit=10&type=annotation&tags=prod&tags=deploy');
});

test('annotations: none is a state', async () => {
  expect(await panel.show('annolist', [], {}, {}, { ask: asking({ '/api/annotations': [] }) })).toContain(
    'Nothing was written down',
  );
});

const vector = (...metrics: readonly Record<string, string>[]) => ({
  data: { result: metrics.map((metric) => ({ metric, value: [0, '1'] })) },
});

test('alerts: firing before pending, with their instances on demand', async () => {
  const ask = asking({
    '/api/v1/query?query=ALERTS_FOR_STATE': vector(),
    '/api/v1/query?query=ALERTS%7Benv': vector(
      { alertname: 'A slow one', alertstate: 'pending', pod: 'a' },
      { alertname: 'Down', alertstate: 'firing', pod: '<u>b</u>' },
    ),
  });
  const text = await panel.show('alertlist', [], {}, { alertInstanceLabelFilter: '{env="x"}' }, { ask });
  expect(text.indexOf('Down')).toBeLessThan(text.indexOf('A slow one'));
  expect(panel.host.querySelector('[role="img"][aria-label="Critical"]')).not.toBeNull();
  act(() => panel.host.querySelector<HTMLElement>('[aria-label="Instances of Down"]')!.click());
  expect(panel.host.textContent).toContain('pod="<u>b</u>"');
});

test('alerts: none firing says so, and where they come from', async () => {
  const text = await panel.show('alertlist', [], {}, {}, { ask: asking({ '/api/v1/query': vector() }) });
  expect(text).toContain('Nothing is firing.');
  expect(text).toContain('ALERTS');
});

test('alerts can be counted', async () => {
  const ask = asking({ '/api/v1/query': vector({ alertname: 'Down', alertstate: 'firing' }) });
  expect(await panel.show('alertlist', [], {}, { viewMode: 'stat' }, { ask })).toContain('1Firing0Pending');
});
