import type { DataLink } from '../field-config.ts';
import { isObject, listOf, omit, textOf, type Json } from './json.ts';
import type { Notes } from './report.ts';

const READ = [
  'title',
  'url',
  'targetBlank',
  'type',
  'dashboard',
  'dashUri',
  'params',
  'keepTime',
  'includeVars',
  'tooltip',
  'icon',
  'tags',
  'asDropdown',
];

/** Links of a panel or a value, those of old panels to a dashboard by its name among them. */
export function readLinks(value: unknown, notes: Notes): DataLink[] {
  return listOf(value).flatMap((link, index): DataLink[] => {
    const at = notes.at(`[${index}]`);
    if (!isObject(link)) {
      at.repaired('Expected a link with a title and a url; it was left out.');
      return [];
    }
    at.lost(omit(link, READ));
    const url = textOf(link['url'], oldUrl(link));
    if (link['dashUri'] !== undefined || link['type'] === 'dashboard')
      at.migrated(`The link to the dashboard ${oldTarget(link)} became ${url}.`);
    else if (link['keepTime'] === true || link['includeVars'] === true || link['params'] !== undefined) {
      at.migrated('What the link takes along became a part of its address.');
    }
    return [
      {
        title: textOf(link['title'], textOf(link['dashboard'])),
        url: takeAlong(url, link),
        targetBlank: link['targetBlank'] === true,
      },
    ];
  });
}

/** Before version 16 a panel's link named a dashboard, or the slug of its address: "db/gpu-nodes". */
function oldUrl(link: Json): string {
  const target = oldTarget(link);
  return target === '' ? '' : `/dashboard/${target}`;
}

function oldTarget(link: Json): string {
  if (link['dashUri'] !== undefined) return textOf(link['dashUri']);
  const name = textOf(link['dashboard']);
  return name === '' ? '' : `db/${name.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-')}`;
}

function takeAlong(url: string, link: Json): string {
  const parts = [
    textOf(link['params']),
    link['keepTime'] === true ? '$__url_time_range' : '',
    link['includeVars'] === true ? '$__all_variables' : '',
  ].filter((part) => part !== '');
  return parts.length === 0 ? url : `${url}${url.includes('?') ? '&' : '?'}${parts.join('&')}`;
}
