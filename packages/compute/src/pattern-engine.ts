/** Loaded for its effect: from then on every pattern answers in bounded time. */
import { RE2JS } from 're2js';
import { setPatternEngine } from './pattern.ts';

setPatternEngine(RE2JS);
