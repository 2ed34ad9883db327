import { Button, TextInput } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { FormEvent, ReactElement } from 'react';
import { ask } from '../api/client.ts';
import { Logo } from '../app/logo.tsx';
import { CopyButton } from '../state/copy-button.tsx';
import { StatePage } from '../state/state-page.tsx';
import { readSignInSecret } from './read-sign-in-secret.ts';
import classes from './sign-in-page.module.css';

const COMMAND = 'npx vitrine token link';

interface SignInProps {
  /** The reader was signed in on this page before. */
  readonly hasEnded: boolean;
}

/** Stands in place of any page while nobody is signed in, so that afterwards the reader is where they wanted to be. */
export function SignInPage({ hasEnded }: SignInProps): ReactElement {
  return (
    <main>
      <SignIn hasEnded={hasEnded} />
    </main>
  );
}

/** The way in, on a page that has its own landmarks. */
export function SignIn({ hasEnded }: SignInProps): ReactElement {
  const client = useQueryClient();
  const [text, setText] = useState('');
  const [problem, setProblem] = useState<string | undefined>();
  const [busy, setBusy] = useState(false);

  async function signIn(event: FormEvent): Promise<void> {
    event.preventDefault();
    setProblem(undefined);
    setBusy(true);
    try {
      await ask('/api/sign-in', { method: 'POST', body: { token: readSignInSecret(text) } });
      await client.resetQueries();
    } catch (error) {
      setProblem((error as Error).message);
    } finally {
      setBusy(false);
    }
  }

  return (
    <>
      <StatePage icon={<Logo size={32} />} title={hasEnded ? 'Your sign-in has ended' : 'Sign in to Vitrine'}>
        {hasEnded && <p>Nothing is lost: sign in on this page, and go on where you were.</p>}
        <p>
          Open the sign-in link that the server printed when it started. Was it used, or is the terminal gone? This prints a new
          one, in the folder the server runs in:
        </p>
        <div className={classes.command}>
          <code>{COMMAND}</code>
          <CopyButton text={COMMAND} label="Copy the command" />
        </div>
        <form className={classes.form} onSubmit={(event) => void signIn(event)}>
          <TextInput
            label="Link, or the token in it"
            placeholder="http://127.0.0.1:9470/sign-in?token=…"
            value={text}
            onChange={(event) => setText(event.currentTarget.value)}
            error={problem}
            autoFocus
            autoComplete="off"
            spellCheck={false}
          />
          <Button type="submit" loading={busy} disabled={text.trim() === ''}>
            Sign in
          </Button>
        </form>
      </StatePage>
    </>
  );
}
