import { Button } from '@mantine/core';
import { IconChartHistogram, IconDatabase, IconPlug, IconPlugConnectedX } from '@tabler/icons-react';
import type { Icon } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import type { Status } from '@vitrine/ui/theme/status.ts';
import { StatusShape } from '@vitrine/ui/widget/status-shape.tsx';
import type { ReactElement } from 'react';
import { TopBar } from '../app/top-bar.tsx';
import list from '../home/dashboard-list.module.css';
import { CopyButton } from '../state/copy-button.tsx';
import { ForAdmins } from '../state/for-admins.tsx';
import { Skeleton } from '../state/skeleton.tsx';
import { StatePage } from '../state/state-page.tsx';
import { usePagePlugins } from './page-plugins.ts';
import type { PagePlugin } from './page-plugins.ts';
import { commandFolderQuery, pluginsQuery } from './plugin-queries.ts';
import type { PluginSummary } from './plugin-queries.ts';
import { pluginCommand } from './plugin-command.ts';
import classes from './plugins.module.css';
import { useKindName } from './use-panel-specs.ts';

/** `/plugins`: what outside plugins bring to this server, and how they are. */
export function PluginsPage(): ReactElement {
  return (
    <ForAdmins page="Plugins" title="Plugins are installed by admins">
      <TopBar crumbs={[{ label: 'Plugins' }]} />
      <Plugins />
    </ForAdmins>
  );
}

function Plugins(): ReactElement {
  const { data, error, refetch } = useQuery(pluginsQuery());
  const here = usePagePlugins();
  const folder = useQuery(commandFolderQuery).data;
  if (data === undefined) {
    return error === null ? (
      <div className={classes.page}>
        <Skeleton label="Loading the plugins" heightPx={160} />
      </div>
    ) : (
      <StatePage
        isAlert
        icon={<IconPlugConnectedX size={32} stroke={1.5} />}
        title="The plugins could not be listed"
        actions={<Button onClick={() => void refetch()}>Try again</Button>}
      >
        <p>{error.message}</p>
      </StatePage>
    );
  }
  if (data.length === 0) {
    return (
      <StatePage icon={<IconPlug size={32} stroke={1.5} />} title="No plugins are installed">
        <p>A plugin brings panels and data sources that Vitrine does not have. It comes as a folder or as a package:</p>
        <div className={classes.alone}>
          <Command text={pluginCommand('add FOLDER', folder)} />
        </div>
        <p>What is installed is loaded when the server starts the next time.</p>
      </StatePage>
    );
  }
  return (
    <div className={classes.page}>
      <ul className={list.list} aria-label="Plugins">
        {data.map((plugin) => (
          <Line key={plugin.id} plugin={plugin} here={here?.find(({ summary }) => summary === plugin)} />
        ))}
      </ul>
      <section className={classes.how} aria-label="Install, update and remove">
        <h2>Install, update and remove</h2>
        <p>On the command line of the server’s machine. It takes effect when the server starts the next time.</p>
        <Command text={pluginCommand('add FOLDER', folder)} />
        <Command text={pluginCommand('update FOLDER', folder)} />
        <Command text={pluginCommand('remove ID', folder)} />
      </section>
    </div>
  );
}

function Line({ plugin, here }: { readonly plugin: PluginSummary; readonly here: PagePlugin | undefined }): ReactElement {
  const { title, version, author, description, panels, sources } = plugin;
  const { status, words, says } = standing(plugin, here);
  const kindName = useKindName();
  return (
    <li className={classes.line}>
      <IconPlug size={18} stroke={1.6} aria-hidden />
      <div className={classes.who}>
        <strong>{title}</strong>
        <span className={classes.version}>{version}</span>
        {author !== '' && <span className={classes.author}>by {author}</span>}
      </div>
      <span className={classes.standing}>
        <StatusShape status={status} />
        {words}
      </span>
      <div className={classes.about}>
        {description !== '' && <p>{description}</p>}
        {says.map((sentence) => (
          <p key={sentence} className={classes.fault}>
            {sentence}
          </p>
        ))}
        <ul className={classes.brings} aria-label={`What ${title} brings`}>
          {panels.map((kind) => (
            <Brought key={kind} icon={IconChartHistogram} what="Panel" name={kindName(kind)} kind={kind} />
          ))}
          {sources.map(({ kind, title: name }) => (
            <Brought key={kind} icon={IconDatabase} what="Source" name={name} kind={kind} />
          ))}
        </ul>
      </div>
    </li>
  );
}

function Brought(props: {
  readonly icon: Icon;
  readonly what: string;
  readonly name: string;
  readonly kind: string;
}): ReactElement {
  const { icon: Drawn, what, name, kind } = props;
  return (
    <li>
      <Drawn size={14} stroke={1.6} aria-hidden />
      <span className={classes.what}>{what}</span>
      <span>{name}</span>
      {name !== kind && <code>{kind}</code>}
    </li>
  );
}

interface Standing {
  readonly status: Status;
  readonly words: string;
  /** In full, below. */
  readonly says: readonly string[];
}

/** How a plugin is, on the server and on this page. */
function standing({ refused }: PluginSummary, here: PagePlugin | undefined): Standing {
  if (refused !== undefined) return { status: 'critical', words: 'Refused', says: [refused] };
  if (here === undefined || here.state === 'loading') return { status: 'unknown', words: 'Loading…', says: [] };
  if (here.state === 'failed') return { status: 'critical', words: 'Does not load', says: here.faults };
  return here.faults.length === 0
    ? { status: 'healthy', words: 'Loaded', says: [] }
    : { status: 'warning', words: 'Loaded in part', says: here.faults };
}

function Command({ text }: { readonly text: string }): ReactElement {
  return (
    <div className={classes.command}>
      <code>{text}</code>
      <CopyButton text={text} label="Copy the command" />
    </div>
  );
}
