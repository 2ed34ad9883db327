import { useEffect, useState } from 'react';

import type { PanelContext } from '../contract.ts';

export interface Asked {
  /** The last answer by path; a path is missing until it has one. */
  readonly answers: ReadonlyMap<string, unknown>;
  /** Why the newest answer is not there, as a sentence. The one before stays. */
  readonly problem: string | undefined;
}

const NOTHING: Asked = { answers: new Map(), problem: undefined };

/** Asks the server for several paths, anew where they change and every so often. Keeps what it had until then. */
export function useAsked(ask: PanelContext['ask'], paths: readonly string[], everyMs: number): Asked {
  const [asked, setAsked] = useState(NOTHING);
  const key = JSON.stringify(paths);
  useEffect(() => {
    let gone = false;
    if (ask === undefined) return undefined;
    const load = async (): Promise<void> => {
      const wanted = JSON.parse(key) as string[];
      try {
        const found = await Promise.all(wanted.map(async (path) => [path, await ask(path)] as const));
        if (!gone) setAsked({ answers: new Map(found), problem: undefined });
      } catch (error) {
        const problem = error instanceof Error ? error.message : String(error);
        if (!gone) setAsked(({ answers }) => ({ answers, problem }));
      }
    };
    void load();
    // A page that nobody looks at asks for nothing.
    const timer = setInterval(() => {
      if (document.visibilityState !== 'hidden') void load();
    }, everyMs);
    return () => {
      gone = true;
      clearInterval(timer);
    };
  }, [ask, key, everyMs]);
  return asked;
}
