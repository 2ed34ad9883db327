import type { LogLines } from '@vitrine/compute/log-lines.ts';
import type { ResolvedLink } from '@vitrine/compute/field/links.ts';
import type { Frame } from '@vitrine/model/frame.ts';
import { useState } from 'react';
import type { ReactElement } from 'react';

import classes from './log-list.module.css';
import { lineTime, plainBody, prettyJson } from './log-text.ts';

export interface LogDetailsProps {
  readonly lines: LogLines;
  readonly line: number;
  readonly links: ((frame: Frame, row: number) => readonly ResolvedLink[]) | undefined;
  readonly timeZone: string;
  /** Labels that stand instead of the lines. */
  readonly displayed: readonly string[];
  readonly onDisplay: (name: string) => void;
}

/** All that is known of one line. */
export function LogDetails({ lines, line, links, timeZone, displayed, onDisplay }: LogDetailsProps): ReactElement {
  const [copied, setCopied] = useState(false);
  const { frame, row } = lines.originAt(line);
  const found = links?.(frame, row).filter(({ href }) => href !== undefined) ?? [];
  const body = plainBody(lines, line);
  const copy = () =>
    void navigator.clipboard.writeText(body).then(
      () => setCopied(true),
      () => setCopied(false),
    );
  return (
    <div className={classes.details}>
      <table>
        <tbody>
          <tr>
            <th scope="row">time</th>
            <td>{lineTime(lines, line, timeZone, 'ns')}</td>
          </tr>
          {Object.entries(lines.labelsAt(line)).map(([name, value]) => (
            <tr key={name}>
              <th scope="row">
                <button
                  type="button"
                  aria-pressed={displayed.includes(name)}
                  title={displayed.includes(name) ? `Take ${name} away from the lines` : `Show ${name} instead of the lines`}
                  onClick={() => onDisplay(name)}
                >
                  {name}
                </button>
              </th>
              <td>{value}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <pre>{prettyJson(body) ?? body}</pre>
      <div className={classes.actions}>
        <button type="button" onClick={copy}>
          {copied ? 'Copied' : 'Copy line'}
        </button>
        {found.map(({ title, href, targetBlank }, at) => (
          <a key={at} href={href} {...(targetBlank ? { target: '_blank', rel: 'noopener noreferrer' } : {})}>
            {title}
          </a>
        ))}
      </div>
    </div>
  );
}
