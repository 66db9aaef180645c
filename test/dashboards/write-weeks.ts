import { appendFileSync, writeFileSync } from 'node:fs';

/** What was recorded of one feature in every hour of the weeks before. */
interface Usual {
  readonly feature: string;
  readonly model: string;
  readonly callsPerMinute: number;
  readonly usdPerCall: number;
}

const USUAL: readonly Usual[] = [
  { feature: 'chat', model: 'gpt-4o', callsPerMinute: 9, usdPerCall: 0.0125 },
  { feature: 'search', model: 'claude-opus-5-5', callsPerMinute: 4, usdPerCall: 0.03 },
];

const STEP_SECONDS = 300;
const WEEKS = 5;

/**
 * Writes what our rules would have recorded in five weeks before `midnight`, as OpenMetrics, for queries that look back:
 * sparser than rules do, and busier by day than by night.
 */
export function writeWeeks(file: string, midnight: number): void {
  writeFileSync(file, '');
  const start = midnight - WEEKS * 7 * 86_400;
  const write = (
    name: string,
    step: number,
    value: (usual: Usual, calls: number) => number,
  ): void => {
    for (const usual of USUAL) {
      const lines: string[] = [];
      for (let at = start; at < midnight; at += step) {
        const calls = usual.callsPerMinute * (1 + Math.sin((at / 86_400) * 2 * Math.PI) / 2);
        lines.push(`${name}{${labelsOf(usual)}} ${value(usual, calls)} ${at}`);
      }
      appendFileSync(file, `${lines.join('\n')}\n`);
    }
  };
  write('tokenmeter:calls:30m', STEP_SECONDS, (_usual, calls) => 30 * calls);
  write('tokenmeter:calls:delta1m', STEP_SECONDS, (_usual, calls) => calls);
  write('tokenmeter:cost_usd:delta1m', STEP_SECONDS, ({ usdPerCall }, calls) => calls * usdPerCall);
  write('tokenmeter:cost_usd:delta1h', 3600, ({ usdPerCall }, calls) => 60 * calls * usdPerCall);
  appendFileSync(file, '# EOF\n');
}

function labelsOf({ feature, model }: Usual): string {
  return [
    'service_name="shop"',
    'deployment_environment_name="prod"',
    `gen_ai_provider_name="${model.startsWith('claude') ? 'anthropic' : 'openai'}"`,
    `gen_ai_request_model="${model}"`,
    `gen_ai_response_model="${model}"`,
    `tokenmeter_feature="${feature}"`,
    `tokenmeter_team="${feature === 'chat' ? 'support' : 'growth'}"`,
  ].join(',');
}
