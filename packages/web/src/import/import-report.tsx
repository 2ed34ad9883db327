import { Badge } from '@mantine/core';
import type { ImportFinding, ImportReport } from '@vitrine/model/api.ts';
import type { Dashboard } from '@vitrine/model/dashboard.ts';
import { useMemo } from 'react';
import type { ReactElement } from 'react';
import classes from './import-page.module.css';

interface ImportReportProps {
  readonly dashboard: Dashboard;
  readonly report: ImportReport;
}

const LEVELS = ['unsupported', 'approximated', 'repaired', 'migrated'] as const;
const COLORS: Readonly<Record<ImportFinding['level'], string>> = {
  unsupported: 'red',
  approximated: 'yellow',
  repaired: 'blue',
  migrated: 'gray',
};
/** More findings than this nobody reads at once; the panels with the worst come first. */
const MOST_SHOWN = 400;

/** What became of a dashboard, panel by panel: the worst first. */
export function ImportReportView({ dashboard, report }: ImportReportProps): ReactElement {
  const { form, findings } = report;
  const groups = useMemo(() => groupFindings(findings.slice(0, MOST_SHOWN)), [findings]);
  return (
    <section className={classes.report} aria-label={`What becomes of ${dashboard.title}`}>
      <h2 className={classes.title}>{dashboard.title}</h2>
      <div className={classes.facts}>
        {form} · {dashboard.panels.length === 1 ? '1 panel' : `${dashboard.panels.length} panels`}
        {LEVELS.map((level) => {
          const count = findings.filter((finding) => finding.level === level).length;
          return (
            count > 0 && (
              <Badge key={level} color={COLORS[level]} variant="light" size="sm">
                {count} {level}
              </Badge>
            )
          );
        })}
      </div>
      {findings.length === 0 && <p className={classes.hint}>Everything in it is understood as it stands.</p>}
      {findings.length > MOST_SHOWN && (
        <p className={classes.hint}>
          The first {MOST_SHOWN} of {findings.length.toLocaleString('en')} findings.
        </p>
      )}
      <div className={classes.groups}>
        {groups.map(({ title, kind, found }) => (
          <details key={title} className={classes.group} open={found.some(({ level }) => level === 'unsupported')}>
            <summary>
              {title}
              {kind !== '' && <span className={classes.kind}>{kind}</span>}
              {LEVELS.map((level) => {
                const count = found.filter((finding) => finding.level === level).length;
                return (
                  count > 0 && (
                    <span key={level} className={classes.count} data-level={level}>
                      {count} {level}
                    </span>
                  )
                );
              })}
            </summary>
            <ul className={classes.findings}>
              {found.map(({ level, path, text }, at) => (
                <li key={`${path} ${at}`}>
                  <Badge color={COLORS[level]} variant="light" size="sm">
                    {level}
                  </Badge>
                  <span>
                    {text} {path !== '' && <code>{path}</code>}
                  </span>
                </li>
              ))}
            </ul>
          </details>
        ))}
      </div>
    </section>
  );
}

interface Group {
  readonly title: string;
  readonly kind: string;
  readonly found: readonly ImportFinding[];
}

/** By panel, the dashboard itself first, then those with the worst findings. */
function groupFindings(findings: readonly ImportFinding[]): readonly Group[] {
  const byPanel = Map.groupBy(findings, ({ panel }) => panel?.id);
  const worst = (found: readonly ImportFinding[]): number => Math.min(...found.map(({ level }) => LEVELS.indexOf(level)));
  return [...byPanel.entries()]
    .toSorted(([a, first], [b, second]) => Number(b === undefined) - Number(a === undefined) || worst(first) - worst(second))
    .map(([id, found]) => {
      const panel = found[0]?.panel;
      return {
        title: id === undefined ? 'The dashboard' : panel?.title || `Panel ${id}`,
        kind: panel?.kind ?? '',
        found: found.toSorted((a, b) => LEVELS.indexOf(a.level) - LEVELS.indexOf(b.level)),
      };
    });
}
