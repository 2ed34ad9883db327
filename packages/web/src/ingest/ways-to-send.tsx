import { Button } from '@mantine/core';
import { IconKey } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import type { ReactElement } from 'react';
import { sessionQuery } from '../api/queries.ts';
import { CopyButton } from '../state/copy-button.tsx';
import classes from './ingest.module.css';
import type { LineAddresses } from './ingest-queries.ts';
import { TokenForm } from './token-form.tsx';
import { waysToSend } from './ways.ts';

const NO_TOKEN = 'TOKEN';

/** Every door with a command to copy. */
export function WaysToSend({ listening }: { readonly listening: LineAddresses }): ReactElement {
  const isAdmin = useQuery(sessionQuery).data?.user.role === 'admin';
  const [isAsked, setIsAsked] = useState(false);
  const [token, setToken] = useState<string>();
  const made = useRef<HTMLSpanElement>(null);
  // The form with the focus is gone, and what comes next is to copy.
  useEffect(() => {
    if (token !== undefined) made.current?.querySelector('button')?.focus();
  }, [token]);
  const ways = waysToSend(window.location.origin, token ?? NO_TOKEN, listening);
  return (
    <section className={classes.ways} aria-label="How to send">
      <div className={classes.token}>
        {token !== undefined ? (
          <>
            <p>The token stands in the commands below. It is shown this once; keep it where your programs find it.</p>
            <code className={classes.secret}>{token}</code>
            <span ref={made}>
              <CopyButton text={token} label="Copy the token" />
            </span>
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
            {isAdmin && !isAsked && (
              <Button variant="default" leftSection={<IconKey size={15} />} onClick={() => setIsAsked(true)}>
                Make a token
              </Button>
            )}
            {isAsked && <TokenForm onMade={setToken} onClose={() => setIsAsked(false)} />}
          </>
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
