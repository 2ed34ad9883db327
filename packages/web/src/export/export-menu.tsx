import { ActionIcon, Menu, Tooltip } from '@mantine/core';
import { IconBraces, IconDownload, IconFileTypePdf, IconPhoto } from '@tabler/icons-react';
import { lazy, Suspense, useCallback, useState } from 'react';
import type { ReactElement } from 'react';
import { ask } from '../api/client.ts';
import type { Arranged } from '../dashboard/arrange.ts';
import { saveFile } from '../dashboard/save-file.ts';
import type { DashboardScope } from '../dashboard/scope.ts';

const Exporting = lazy(async () => ({ default: (await import('./exporting.tsx')).Exporting }));
const ExportProblem = lazy(async () => ({ default: (await import('./export-problem.tsx')).ExportProblem }));

export interface ExportMenuProps {
  readonly scope: DashboardScope;
  /** With its variables. */
  readonly title: string;
  readonly arranged: Arranged;
}

const icon = { size: 15 };

/** The dashboard as a file. */
export function ExportMenu({ scope, title, arranged }: ExportMenuProps): ReactElement {
  const [form, setForm] = useState<'pdf' | 'png' | undefined>();
  const [problem, setProblem] = useState('');
  const close = useCallback(() => setForm(undefined), []);
  const fail = useCallback((sentence: string) => {
    setForm(undefined);
    setProblem(sentence);
  }, []);
  const { dashboard, uid, frozen } = scope;
  const saveForGrafana = async (): Promise<void> => {
    try {
      const response = await ask(`/api/dashboards/${encodeURIComponent(uid)}/export`);
      saveFile(`${title} (Grafana).json`, JSON.stringify(await response.json(), null, 2), 'application/json');
    } catch (error) {
      setProblem(error instanceof Error ? error.message : String(error));
    }
  };
  return (
    <>
      <Menu position="bottom-end" withinPortal>
        <Menu.Target>
          <Tooltip label="Export">
            <ActionIcon aria-label="Export" variant="default">
              <IconDownload size={16} />
            </ActionIcon>
          </Tooltip>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item leftSection={<IconFileTypePdf {...icon} />} onClick={() => setForm('pdf')}>
            PDF
          </Menu.Item>
          <Menu.Item leftSection={<IconPhoto {...icon} />} onClick={() => setForm('png')}>
            PNG
          </Menu.Item>
          <Menu.Divider />
          <Menu.Item
            leftSection={<IconBraces {...icon} />}
            onClick={() => saveFile(`${title}.json`, JSON.stringify(dashboard, null, 2), 'application/json')}
          >
            JSON (Vitrine)
          </Menu.Item>
          {frozen === undefined && (
            <Menu.Item leftSection={<IconBraces {...icon} />} onClick={() => void saveForGrafana()}>
              JSON (Grafana)
            </Menu.Item>
          )}
        </Menu.Dropdown>
      </Menu>
      {form !== undefined && (
        <Suspense fallback={null}>
          <Exporting {...{ scope, title, arranged, form }} onDone={close} onProblem={fail} />
        </Suspense>
      )}
      {problem !== '' && (
        <Suspense fallback={null}>
          <ExportProblem problem={problem} onClose={() => setProblem('')} />
        </Suspense>
      )}
    </>
  );
}
