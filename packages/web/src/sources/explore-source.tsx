import { Button } from '@mantine/core';
import { IconCompass } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import type { ReactElement } from 'react';
import type { SourceSummary } from '../api/queries.ts';
import { paneOf, writePane } from '../explore/explore-state.ts';
import { usePagePlugins } from '../plugins/page-plugins.ts';

/** The way to ask a source anything. */
export function ExploreSource({ source }: { readonly source: Pick<SourceSummary, 'uid' | 'type' | 'name'> }): ReactElement {
  const { uid, type, name } = source;
  // A new query is what its plugin says, once that has loaded.
  usePagePlugins();
  return (
    <Button
      renderRoot={(props) => <Link to="/explore" search={{ left: writePane(paneOf({ type, uid })) }} {...props} />}
      size="compact-sm"
      variant="default"
      leftSection={<IconCompass size={14} />}
      aria-label={`Explore ${name}`}
    >
      Explore
    </Button>
  );
}
