import { Button } from '@mantine/core';
import { IconKey } from '@tabler/icons-react';
import { useMutation, useQuery } from '@tanstack/react-query';
import type { ReactElement } from 'react';
import { sessionQuery } from '../api/queries.ts';
import { CopyButton } from '../state/copy-button.tsx';
import classes from './ingest.module.css';
import { makeSendingToken } from './ingest-queries.ts';
import { waysToSend } from './ways.ts';

const NO_TOKEN = 'TOKEN';

/** Every door with a command to copy. */
export function WaysToSend(): ReactElement {
  const isAdmin = useQuery(sessionQuery).data?.user.role === 'admin';
  const make = useMutation({ mutationFn: makeSendingToken });
  const ways = waysToSend(window.location.origin, make.data ?? NO_TOKEN);
  return (
    <section className={classes.ways} aria-label="How to send">
      <div className={classes.token}>
        {make.data !== undefined ? (
          <>
            <p>The token stands in the commands below. It is shown this once; keep it where your programs find it.</p>
            <code className={classes.secret}>{make.data}</code>
            <CopyButton text={make.data} label="Copy the token" />
          </>
        ) : (
          <>
            <p>
              Whoever sends from another machine needs a token in place of <code>{NO_TOKEN}</code>.
              {!isAdmin && (
                <>
                  {' '}
                  An admin makes one with <code>npx vitrine token create --scope ingest</code>.
                </>
              )}
            </p>
            {isAdmin && (
              <Button
                variant="default"
                leftSection={<IconKey size={15} />}
                loading={make.isPending}
                onClick={() => make.mutate()}
              >
                Make a token
              </Button>
            )}
          </>
        )}
        {make.error !== null && (
          <p className={classes.problem} role="alert">
            {make.error.message}
          </p>
        )}
      </div>
      <ul className={classes.cards}>
        {ways.map(({ door, title, text, code }) => (
          <li key={door} className={classes.card}>
            <h3>{title}</h3>
            <p>{text}</p>
            <div className={classes.code}>
              <pre>{code.trimEnd()}</pre>
              <CopyButton text={code} label={`Copy: ${title}`} />
            </div>
          </li>
        ))}
      </ul>
    </section>
  );
}
