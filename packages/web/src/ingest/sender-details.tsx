import { Drawer } from '@mantine/core';
import { formatExact, formatText } from '@vitrine/model/unit.ts';
import { Sparkline } from '@vitrine/ui/chart/sparkline.tsx';
import type { ReactElement } from 'react';
import { CopyButton } from '../state/copy-button.tsx';
import { Ago } from './ago.tsx';
import { labelTexts, rateOf, senderName } from './arrange-senders.ts';
import { doorTitle } from './door-title.ts';
import classes from './ingest.module.css';
import type { Arrival } from './ingest-queries.ts';

export interface SenderDetailsProps {
  readonly arrival: Arrival;
  readonly onClose: () => void;
}

const SPARK = { width: 380, height: 64 };

/** One sender: what it brought, and every reason why something of it was refused. */
export function SenderDetails({ arrival, onClose }: SenderDetailsProps): ReactElement {
  const { door, name, address, labels, firstMs, lastMs, messages, accepted, refused, perSecond, reasons } = arrival;
  const texts = labelTexts(labels);
  const most = perSecond.reduce((highest, count) => Math.max(highest, count), 0);
  return (
    <Drawer opened onClose={onClose} position="right" title={senderName(arrival)} closeButtonProps={{ 'aria-label': 'Close' }}>
      <dl className={classes.facts}>
        <dt>Door</dt>
        <dd>{doorTitle(door)}</dd>
        {name !== '' && (
          <>
            <dt>Address</dt>
            <dd>
              <code>{address === '' ? 'not known' : address}</code>
            </dd>
          </>
        )}
        <dt>Tenant labels</dt>
        <dd>{texts.length === 0 ? 'none' : texts.map((text) => <code key={text}>{text}</code>)}</dd>
        <dt>First seen</dt>
        <dd>
          <Ago atMs={firstMs} />
        </dd>
        <dt>Last seen</dt>
        <dd>
          <Ago atMs={lastMs} />
        </dd>
        <dt>Messages</dt>
        <dd>{formatExact(messages, 'none')}</dd>
        <dt>Accepted</dt>
        <dd>{formatExact(accepted, 'none')} samples</dd>
        <dt>Refused</dt>
        <dd>{formatExact(refused, 'none')}</dd>
      </dl>
      <figure className={classes.pace}>
        <Sparkline
          {...SPARK}
          xs={Float64Array.from(perSecond.keys())}
          ys={Float64Array.from(perSecond)}
          xMin={0}
          xMax={Math.max(1, perSecond.length - 1)}
          color="var(--v-accent)"
        />
        <figcaption>
          The last minute: {formatText(rateOf(arrival), 'short')} samples/s now, {formatText(most, 'short')} in its best second.
        </figcaption>
      </figure>
      <h3 className={classes.heading}>What was refused</h3>
      {reasons.length === 0 && <p className={classes.quiet}>Nothing, since the server started.</p>}
      <ul className={classes.reasons} aria-label="What was refused">
        {reasons.map(({ reason, count, sentence, lastMs: atMs }) => (
          <li key={reason}>
            <div className={classes.reason}>
              <strong>{reason}</strong>
              <span>{formatText(count, 'short')}×</span>
              <Ago atMs={atMs} />
              <CopyButton text={sentence} label={`Copy why: ${reason}`} />
            </div>
            <p>{sentence}</p>
          </li>
        ))}
      </ul>
    </Drawer>
  );
}
