import { type Refusal, shown } from '../lines/refusals.ts';

/** `c` counter, `g` gauge, `ms` timer in milliseconds, `h` histogram, `d` distribution, `s` set. */
export const STATSD_TYPES = ['c', 'g', 'ms', 'h', 'd', 's'] as const;
export type StatsdType = (typeof STATSD_TYPES)[number];

/** One line of StatsD, DogStatsD or their kin. */
export interface StatsdLine {
  /** What says which series it is: the name with its tags, the type and DogStatsD's tags. */
  readonly head: string;
  readonly type: StatsdType;
  /** Without `|#`. */
  readonly tags: string;
  /** At least one; decimal numbers but for sets. */
  readonly values: readonly string[];
  /** More than 0, at most 1: of so many occurrences one was sent. */
  readonly sampleRate: number;
}

const DECIMAL = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i;
/** Where the sender runs, when it was, and what is to be kept of that. */
const PASSED_OVER = /^(?:c:|e:|card:|T\d+$)/;
const MOST_MEMBER_CHARS = 256;

/** Reads `name:value|type|@rate|#tag:value,…`; several values of one name stand between colons. */
export function readStatsdLine(text: string): StatsdLine | Refusal {
  const line = text.trimEnd();
  if (line.startsWith('_e{') || line.startsWith('_sc|'))
    return { reason: 'event', sentence: () => `${shown(line)} is an event or a service check, which are not kept here.` };
  const [rest = '', type = '', ...more] = line.split('|');
  // A tag's value may have colons, a name may not.
  const colon = rest.indexOf(':');
  const head = rest.slice(0, Math.max(colon, 0));
  if (head === '' || type === '' || /[\p{Cc}\ufffd]/u.test(line))
    return { reason: 'not a line', sentence: () => `${shown(line)} is not "name:value|type".` };
  const known = STATSD_TYPES.find((each) => each === type);
  if (known === undefined)
    return {
      reason: 'not a type',
      sentence: () => `The type of ${shown(head)} is ${shown(type)}, which is none of ${STATSD_TYPES.join(', ')}.`,
    };
  let sampleRate = 1;
  let tags = '';
  for (const part of more) {
    if (part.startsWith('@') && DECIMAL.test(part.slice(1))) sampleRate = Number(part.slice(1));
    else if (part.startsWith('#')) tags = part.slice(1);
    else if (!PASSED_OVER.test(part))
      return { reason: 'not a line', sentence: () => `${shown(part)} of ${shown(head)} is neither @rate nor #tags.` };
  }
  if (!(sampleRate > 0 && sampleRate <= 1))
    return { reason: 'sample rate', sentence: () => `The sample rate of ${shown(head)} is not more than 0 and at most 1.` };
  const sent = rest.slice(colon + 1);
  const values = known === 's' ? [sent] : sent.split(':');
  const wrong = values.find((value) => (known === 's' ? value === '' || value.length > MOST_MEMBER_CHARS : !isNumber(value)));
  if (wrong !== undefined)
    return known === 's'
      ? {
          reason: 'set member',
          sentence: () => `What was counted by ${shown(head)} has not 1 to ${MOST_MEMBER_CHARS} characters.`,
        }
      : { reason: 'not a number', sentence: () => `The value of ${shown(head)} is ${shown(wrong)}, which is not a number.` };
  return { head, type: known, tags, values, sampleRate };
}

function isNumber(text: string): boolean {
  return DECIMAL.test(text) && Number.isFinite(Number(text));
}
