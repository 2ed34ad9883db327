import type { Labels } from '@vitrine/model/labels.ts';
import { QueryError, type Matcher, type Selector } from '@vitrine/model/sample-store.ts';
import { compileMatcher, type ValueTest } from '@vitrine/promql/match.ts';

/** The test of one matcher on a label's value. Throws QueryError (bad_data) where its expression does not compile. */
export function valueTest(matcher: Matcher): ValueTest {
  try {
    return compileMatcher(matcher);
  } catch (error) {
    const { label, op, value } = matcher;
    throw new QueryError(
      'bad_data',
      `${label}${op}${JSON.stringify(value)} is not a regular expression: ${(error as Error).message}`,
      undefined,
      { cause: error },
    );
  }
}

/** The test of a selector on a series' labels. Throws as `valueTest` does. */
export function labelsTest(selector: Selector): (labels: Labels) => boolean {
  const tests = selector.map((matcher) => ({ label: matcher.label, test: valueTest(matcher) }));
  return (labels) => tests.every(({ label, test }) => test(labels.get(label)));
}
