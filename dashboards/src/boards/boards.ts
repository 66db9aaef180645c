import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard';
import { anomaliesPipeline } from './anomalies-pipeline.ts';
import { articleTemplate } from './article-template.ts';
import type { BoardOptions } from './board.ts';
import { llmSpend } from './llm-spend.ts';
import { tokenEfficiency } from './token-efficiency.ts';

/** A board by its name on the command line and on disk. */
export interface BoardEntry {
  readonly name: string;
  /** One line for a list. */
  readonly purpose: string;
  readonly render: (options: BoardOptions) => Dashboard;
}

/** Every board. */
export const BOARDS: readonly BoardEntry[] = [
  {
    name: 'llm-spend',
    purpose: 'what is spent, by whom, and where the month ends',
    render: llmSpend,
  },
  {
    name: 'token-efficiency',
    purpose: 'token classes, cache, and what another model would cost',
    render: tokenEfficiency,
  },
  {
    name: 'anomalies-pipeline',
    purpose: 'what leaves its pattern, and whether every call is counted',
    render: anomaliesPipeline,
  },
  {
    name: 'article-template',
    purpose: 'spend trend, cost drivers and the four rules on one screen',
    render: articleTemplate,
  },
];
