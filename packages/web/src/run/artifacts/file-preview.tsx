import { useQuery } from '@tanstack/react-query';
import type { ArtifactFile } from '@vitrine/model/run-api.ts';
import { formatText } from '@vitrine/model/unit.ts';
import { Markdown } from '@vitrine/ui/widget/markdown.tsx';
import { useMemo, useState } from 'react';
import type { ReactElement } from 'react';
import { LoggedTable } from '../media/logged-table.tsx';
import { readCsv, readTable } from '../media/read-table.ts';
import page from '../run-page.module.css';
import { artifactPath, artifactTextQuery } from '../run-queries.ts';
import classes from './artifacts.module.css';
import { MOST_BYTES, previewOf } from './preview-kind.ts';

interface FilePreviewProps {
  readonly run: string;
  readonly file: ArtifactFile;
}

/** A look into a file, by the end of its name. */
export function FilePreview({ run, file }: FilePreviewProps): ReactElement {
  const kind = previewOf(file);
  switch (kind) {
    case 'image':
      return <Picture run={run} file={file} />;
    case 'none':
      return (
        <p className={page.none}>
          {file.bytes > MOST_BYTES
            ? `It is larger than the ${formatText(MOST_BYTES, 'bytes')} that are shown here. Download it.`
            : 'Files of this kind are not shown here. Download it.'}
        </p>
      );
    default:
      return <Text run={run} file={file} kind={kind} />;
  }
}

function Picture({ run, file }: FilePreviewProps): ReactElement {
  const [isBroken, setBroken] = useState(false);
  if (isBroken) return <p className={page.none}>This image can’t be drawn. Download it to look at it elsewhere.</p>;
  return <img className={classes.image} src={artifactPath(run, file.path)} alt={file.path} onError={() => setBroken(true)} />;
}

interface TextProps extends FilePreviewProps {
  readonly kind: 'text' | 'json' | 'csv' | 'tsv' | 'markdown';
}

function Text({ run, file, kind }: TextProps): ReactElement | null {
  const { data, error } = useQuery(artifactTextQuery(run, file.path));
  if (error !== null) return <p className={page.none}>{error.message}</p>;
  if (data === undefined) return null;
  if (data.includes('\0')) return <p className={page.none}>It holds bytes that are no text. Download it.</p>;
  switch (kind) {
    case 'json':
      return <Json text={data} />;
    case 'markdown':
      return (
        <div className={classes.prose}>
          <Markdown source={data} />
        </div>
      );
    case 'csv':
    case 'tsv':
      return <Rows text={data} separator={kind === 'csv' ? ',' : '\t'} />;
    case 'text':
      return <pre className={classes.text}>{data}</pre>;
  }
}

function indented(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), undefined, 2);
  } catch {
    return text;
  }
}

function Json({ text }: { readonly text: string }): ReactElement {
  const isTable = useMemo(() => readTable(text) !== undefined, [text]);
  if (!isTable) return <pre className={classes.text}>{indented(text)}</pre>;
  return (
    <div className={classes.rows}>
      <LoggedTable text={text} />
    </div>
  );
}

function Rows({ text, separator }: { readonly text: string; readonly separator: ',' | '\t' }): ReactElement {
  const { columns, rows } = useMemo(() => readCsv(text, separator), [text, separator]);
  return (
    <div className={classes.rows}>
      <table>
        <thead>
          <tr>
            {columns.map((column, at) => (
              // By place: two columns may have one name.
              <th key={at}>{column}</th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, at) => (
            <tr key={at}>
              {columns.map((_, column) => (
                <td key={column}>{row[column]}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
