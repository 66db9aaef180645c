import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A command of a runbook. */
export interface RunbookCommand {
  readonly runbook: string;
  readonly language: string;
  readonly text: string;
}

const FOLDER = join(import.meta.dirname, '../../docs/runbooks');

/** Reads all fenced commands of all runbooks, in order. */
export function readRunbooks(): readonly RunbookCommand[] {
  return readdirSync(FOLDER)
    .filter((name) => name.endsWith('.md') && name !== 'README.md')
    .sort()
    .flatMap((name) => {
      const text = readFileSync(join(FOLDER, name), 'utf8');
      const blocks = [...text.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)];
      return blocks.map(([, language = '', body = '']) => ({
        runbook: name.replace(/\.md$/, ''),
        language,
        text: body.trim(),
      }));
    });
}
