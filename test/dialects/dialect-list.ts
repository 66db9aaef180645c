import type { Dialect } from './dialect.ts';
import { JAVASCRIPT_DIALECTS } from './javascript-dialects.ts';
import { PYTHON_DIALECTS } from './python-dialects.ts';

/** Every library, in the order of the report. */
export const DIALECTS: readonly Dialect[] = [...JAVASCRIPT_DIALECTS, ...PYTHON_DIALECTS];
