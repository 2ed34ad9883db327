import { useEffect, useRef, useState } from 'react';
import type { ReactElement } from 'react';

import classes from './data-table.module.css';

/** A value too long for its cell, whole. Escape closes it. */
export function ValueDialog({ title, text, onClose }: { title: string; text: string; onClose: () => void }): ReactElement {
  const dialog = useRef<HTMLDialogElement>(null);
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    const element = dialog.current!;
    if (!element.open) element.showModal();
    return () => element.close();
  }, []);
  const copy = () =>
    void navigator.clipboard.writeText(text).then(
      () => setCopied(true),
      () => setCopied(false),
    );
  return (
    <dialog
      ref={dialog}
      className={classes.dialog}
      aria-label={title}
      onCancel={onClose}
      onKeyDown={(event) => event.stopPropagation()}
    >
      <header>
        <strong>{title}</strong>
        <button type="button" onClick={copy}>
          {copied ? 'Copied' : 'Copy'}
        </button>
        <button type="button" onClick={onClose} aria-label="Close">
          ✕
        </button>
      </header>
      <pre tabIndex={0}>{text}</pre>
    </dialog>
  );
}
