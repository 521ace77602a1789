/** What can be fuzzed, by name. */
import { pictures } from './pictures.ts';
import type { FuzzTarget } from './target.ts';

/** All targets. */
export const TARGETS: Readonly<Record<string, FuzzTarget>> = { pictures };
