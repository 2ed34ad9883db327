import { Button, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import type { FormEvent, ReactElement } from 'react';
import classes from './ingest.module.css';
import { makeSendingToken } from './ingest-queries.ts';
import { readLabels } from './read-labels.ts';

interface TokenFormProps {
  readonly onMade: (token: string) => void;
  readonly onClose: () => void;
}

/** Asks what a token is called and which labels it puts on what is sent with it, and makes it. */
export function TokenForm({ onMade, onClose }: TokenFormProps): ReactElement {
  const [name, setName] = useState('');
  const [labels, setLabels] = useState('');
  const make = useMutation({
    mutationFn: async () => makeSendingToken(name.trim(), readLabels(labels)),
    onSuccess: onMade,
  });
  return (
    <form
      className={classes.ask}
      aria-label="A new token"
      autoComplete="off"
      onSubmit={(event: FormEvent) => {
        event.preventDefault();
        if (!make.isPending) make.mutate();
      }}
    >
      <TextInput
        label="Name"
        description="Who sends. It stands in the list of senders."
        placeholder="nightly jobs"
        size="xs"
        required
        ref={focusOnce}
        maxLength={200}
        value={name}
        onChange={(event) => setName(event.currentTarget.value)}
      />
      <TextInput
        label="Labels"
        description="Put on all that is sent with it, such as the tenant."
        placeholder="tenant=vision, site=lab"
        size="xs"
        maxLength={2_000}
        value={labels}
        onChange={(event) => setLabels(event.currentTarget.value)}
      />
      <Button type="submit" loading={make.isPending} disabled={name.trim() === ''}>
        Make it
      </Button>
      <Button variant="default" onClick={onClose}>
        Cancel
      </Button>
      {make.error !== null && (
        <p className={classes.problem} role="alert">
          {make.error.message}
        </p>
      )}
    </form>
  );
}

/** Where the button was that opened the form; a function that stays is called once. */
function focusOnce(input: HTMLInputElement | null): void {
  input?.focus();
}
