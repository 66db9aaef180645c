import { AI_SDK_VARIANTS } from './ai-sdk.ts';
import { ANSWER_VARIANTS } from './answers.ts';
import { CONVENTION_VARIANTS } from './conventions.ts';
import { DOUBLE_VARIANTS } from './doubles.ts';
import { FRAMEWORK_VARIANTS } from './frameworks.ts';
import { JAVASCRIPT_VARIANTS } from './javascript.ts';
import { MIXED_VARIANTS } from './mixed.ts';
import { OLDER_VARIANTS } from './older.ts';
import { OPENINFERENCE_VARIANTS } from './openinference.ts';
import { OPENLLMETRY_VARIANTS } from './openllmetry.ts';
import { PYTHON_VARIANTS } from './python.ts';
import { UNUSUAL_VARIANTS } from './unusual.ts';
import type { Variant } from './variant.ts';

/** Spans of every dialect as other versions, other calls and other users would send them. */
export const VARIANTS: readonly Variant[] = [
  ...CONVENTION_VARIANTS,
  ...OPENLLMETRY_VARIANTS,
  ...PYTHON_VARIANTS,
  ...OPENINFERENCE_VARIANTS,
  ...AI_SDK_VARIANTS,
  ...JAVASCRIPT_VARIANTS,
  ...FRAMEWORK_VARIANTS,
  ...OLDER_VARIANTS,
  ...ANSWER_VARIANTS,
  ...MIXED_VARIANTS,
  ...UNUSUAL_VARIANTS,
  ...DOUBLE_VARIANTS,
];
