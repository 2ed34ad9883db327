// @vitest-environment happy-dom
import { Modal } from '@mantine/core';
import { act } from 'react';
import type { ReactElement } from 'react';
import { useState } from 'react';
import { createRoot } from 'react-dom/client';
import { beforeEach, expect, test } from 'vitest';

import { ThemeProvider } from './theme-provider.tsx';

Object.assign(globalThis, { IS_REACT_ACT_ENVIRONMENT: true });

function Opened({ label, children, onClose }: { label: string; children?: ReactElement; onClose: () => void }): ReactElement {
  return (
    <Modal opened onClose={onClose} title={label} transitionProps={{ duration: 0 }}>
      <button type="button" id={`close-${label}`} onClick={onClose}>
        Close
      </button>
      {children}
    </Modal>
  );
}

/** A dialog is there or not there, as everywhere on the page; the second one opens from the first. */
function Page({ isRenewed = false }: { readonly isRenewed?: boolean }): ReactElement {
  const [open, setOpen] = useState<readonly string[]>([]);
  const close = (label: string) => () => setOpen((now) => now.filter((one) => one !== label));
  return (
    <ThemeProvider>
      <button type="button" key={isRenewed && open.length > 0 ? 'new' : 'old'} id="opens" onClick={() => setOpen(['first'])}>
        Open
      </button>
      {open.includes('first') && (
        <Opened label="first" onClose={close('first')}>
          <button type="button" id="opens-second" onClick={() => setOpen(['first', 'second'])}>
            Another
          </button>
        </Opened>
      )}
      {open.includes('second') && <Opened label="second" onClose={close('second')} />}
    </ThemeProvider>
  );
}

let unmount: () => void = () => {};

beforeEach(() => {
  unmount();
  document.body.replaceChildren();
});

async function show(page: ReactElement): Promise<void> {
  const host = document.createElement('div');
  document.body.append(host);
  const root = createRoot(host);
  unmount = () => act(() => root.unmount());
  await act(async () => root.render(page));
}

async function press(id: string): Promise<void> {
  await act(async () => {
    document.getElementById(id)?.focus();
    document.getElementById(id)?.click();
  });
}

test('a dialog that goes gives the focus back to what opened it', async () => {
  await show(<Page />);
  await press('opens');
  await press('close-first');
  await expect.poll(() => document.activeElement?.id).toBe('opens');
});

test('and one over another to the one below', async () => {
  await show(<Page />);
  await press('opens');
  await press('opens-second');
  await press('close-second');
  await expect.poll(() => document.activeElement?.id).toBe('opens-second');
});

test('what was drawn anew meanwhile is found by its id', async () => {
  await show(<Page isRenewed />);
  await press('opens');
  await press('close-first');
  await expect.poll(() => document.activeElement?.id).toBe('opens');
});

test('what opened it is gone: the focus is left alone', async () => {
  await show(<Page />);
  await press('opens');
  document.getElementById('opens')?.remove();
  document.body.append(document.createElement('input'));
  await press('close-first');
  await expect.poll(() => document.querySelector('[role=dialog]')).toBeNull();
  expect(document.activeElement).toBe(document.body);
});
