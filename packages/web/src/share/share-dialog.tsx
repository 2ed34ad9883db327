import { Modal, SegmentedControl, Switch, Tabs, Textarea, TextInput } from '@mantine/core';
import { describeRange } from '@vitrine/compute/time.ts';
import { useState } from 'react';
import type { ReactElement } from 'react';
import type { Arranged } from '../dashboard/arrange.ts';
import type { DashboardScope } from '../dashboard/scope.ts';
import { chosenText } from '../export/chosen-text.ts';
import { instantText } from '../export/range-text.ts';
import { CopyButton } from '../state/copy-button.tsx';
import { frameCode, shareLink } from './share-link.ts';
import classes from './share.module.css';
import { TakeSnapshot } from './take-snapshot.tsx';

export interface ShareDialogProps {
  readonly scope: DashboardScope;
  /** Of the dashboard, or of the one panel, with its variables. */
  readonly title: string;
  /** What is shared. */
  readonly arranged: Arranged;
  /** The key of the one panel that is shared. */
  readonly panelKey?: string;
  readonly onClose: () => void;
}

/** The ways to show others what is shown here. */
export function ShareDialog({ scope, title, arranged, panelKey, onClose }: ShareDialogProps): ReactElement {
  const [fixed, setFixed] = useState(false);
  const [variables, setVariables] = useState(true);
  const [kiosk, setKiosk] = useState(false);
  const [theme, setTheme] = useState<'dark' | 'light' | undefined>();
  const address = scope.linkTo(panelKey, fixed);
  const link = shareLink(address, { variables, theme, kiosk });
  const code = frameCode(address, { variables, theme }, title);
  const { fromMs, toMs } = scope.range.get();
  const chosen = chosenText(scope);
  const choices = (
    <>
      <Switch
        label="Fixed range"
        description={
          fixed
            ? `${instantText(fromMs, scope.range.timeZone)} to ${instantText(toMs, scope.range.timeZone)}, whenever it is opened`
            : `${describeRange(scope.range.text, scope.range.timeZone)}, counted from when it is opened`
        }
        checked={fixed}
        onChange={(event) => setFixed(event.currentTarget.checked)}
      />
      {scope.variables.list.length > 0 && (
        <Switch
          label="With what is chosen of the variables"
          description={chosen === '' ? undefined : chosen}
          checked={variables}
          onChange={(event) => setVariables(event.currentTarget.checked)}
        />
      )}
    </>
  );
  const themes = (
    <SegmentedControl
      size="xs"
      className={classes.themes}
      aria-label="Theme"
      data={[
        { value: 'own', label: 'The reader’s theme' },
        { value: 'dark', label: 'Dark' },
        { value: 'light', label: 'Light' },
      ]}
      value={theme ?? 'own'}
      onChange={(next) => setTheme(next === 'dark' || next === 'light' ? next : undefined)}
    />
  );
  return (
    <Modal opened onClose={onClose} size="lg" title={`Share ${title}`} closeButtonProps={{ 'aria-label': 'Close' }}>
      <Tabs defaultValue="link" keepMounted={false}>
        <Tabs.List>
          <Tabs.Tab value="link">Link</Tabs.Tab>
          <Tabs.Tab value="frame">Frame</Tabs.Tab>
          {scope.mayEdit && <Tabs.Tab value="snapshot">Snapshot</Tabs.Tab>}
        </Tabs.List>
        <Tabs.Panel value="link">
          <div className={classes.fields}>
            <div className={classes.link}>
              <TextInput label="Link" data-autofocus readOnly value={link} onFocus={(event) => event.currentTarget.select()} />
              <CopyButton text={link} label="Copy the link" />
            </div>
            {choices}
            <Switch
              label="Nothing but the panels"
              description="Without the bars, for a screen on a wall"
              checked={kiosk}
              onChange={(event) => setKiosk(event.currentTarget.checked)}
            />
            {themes}
          </div>
        </Tabs.Panel>
        <Tabs.Panel value="frame">
          <div className={classes.fields}>
            <div className={classes.link}>
              <Textarea
                label="HTML"
                readOnly
                autosize
                minRows={3}
                value={code}
                onFocus={(event) => event.currentTarget.select()}
              />
              <CopyButton text={code} label="Copy the HTML" />
            </div>
            {choices}
            {themes}
            <p className={classes.quiet}>
              Pages are still kept from framing Vitrine, those of its own address too, so that nobody is led to click in it
              unknowingly. A public snapshot’s link can be given to anyone.
            </p>
          </div>
        </Tabs.Panel>
        <Tabs.Panel value="snapshot">
          <TakeSnapshot {...{ scope, title, arranged }} onePanel={panelKey !== undefined} />
        </Tabs.Panel>
      </Tabs>
    </Modal>
  );
}
