import { useEffect, useState } from 'react';
import type { ReactElement } from 'react';

import type { QueryEditorProps } from '../../../contract.ts';
import { type EditedDialect, QueryEditor as PromQueryEditor } from '../../builtin/editor/query-editor.tsx';

/** A query of a server elsewhere, which may read more than PromQL: what it reads is asked once. */
export function QueryEditor(props: QueryEditorProps): ReactElement {
  const dialect = useDialect(props.ask);
  return <PromQueryEditor {...props} dialect={dialect} onlyLists />;
}

/** undefined before the server has answered, and where it does not. */
function useDialect(ask: QueryEditorProps['ask']): EditedDialect {
  const [dialect, setDialect] = useState<EditedDialect>();
  useEffect(() => {
    let isOver = false;
    ask('/dialect').then(
      (answer) => {
        if (!isOver) setDialect((answer as { readonly dialect?: unknown }).dialect === 'MetricsQL' ? 'MetricsQL' : 'PromQL');
      },
      // The query itself says what is wrong with its server.
      () => undefined,
    );
    return () => {
      isOver = true;
    };
  }, [ask]);
  return dialect;
}
