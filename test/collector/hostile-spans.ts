import type { SpanValue } from './otlp-spans.ts';

const raw = (value: unknown): SpanValue => ({ raw: value });
const list = raw({ arrayValue: { values: [{ intValue: '5' }] } });
const map = raw({ kvlistValue: { values: [{ key: 'a', value: { intValue: '5' } }] } });

/** 1,000 tokens in and 500 out of gpt-4o: USD 0.0075 (openai.com/api/pricing, 2026-11-20). */
export const HOSTILE_CALL = {
  'gen_ai.operation.name': 'chat',
  'gen_ai.provider.name': 'openai',
  'gen_ai.request.model': 'gpt-4o',
  'gen_ai.usage.input_tokens': 1000,
  'gen_ai.usage.output_tokens': 500,
} as const;
const MOST = raw({ intValue: '9223372036854775807' });
const LEAST = raw({ intValue: '-9223372036854775808' });
const IN = 'gen_ai.usage.input_tokens';
const OUT = 'gen_ai.usage.output_tokens';
const many = Object.fromEntries(
  Array.from({ length: 10_000 }, (_, at) => [`hostile.${at}`, at % 2 === 0 ? at : `text ${at}`]),
);

/** A change of that call. */
export interface HostileSpan {
  readonly note: string;
  readonly change: Readonly<Record<string, SpanValue>>;
  /** USD, the reason for none, or undefined for a span that is no call. */
  readonly want: number | string | undefined;
}

/** Spans that nobody should send. */
export const HOSTILE_SPANS: readonly HostileSpan[] = [
  { note: 'numbers as text', change: { [IN]: '1000', [OUT]: '500' }, want: 0.0075 },
  { note: 'numbers as doubles', change: { [IN]: raw({ doubleValue: 1000 }) }, want: 0.0075 },
  { note: 'negative', change: { [IN]: -1 }, want: 'inconsistent_usage' },
  {
    note: 'huge',
    change: { [OUT]: raw({ intValue: '9223372036854775807' }) },
    want: 'inconsistent_usage',
  },
  {
    note: 'a huge double',
    change: { [OUT]: raw({ doubleValue: 1e300 }) },
    want: 'inconsistent_usage',
  },
  {
    note: 'not a number',
    change: { [IN]: raw({ doubleValue: 'NaN' }) },
    want: 'inconsistent_usage',
  },
  { note: 'words', change: { [IN]: 'many' }, want: 'inconsistent_usage' },
  { note: 'true', change: { [IN]: true }, want: 'inconsistent_usage' },
  { note: 'a repetition as text', change: { 'http.request.resend_count': '2' }, want: 0.0075 },
  {
    note: 'a repetition that is a word',
    change: { 'http.request.resend_count': 'often' },
    want: 0.0075,
  },
  {
    note: 'labels of another type',
    change: { 'tokenmeter.team': 5, 'gen_ai.prompt.version': 1.5, 'gen_ai.agent.name': list },
    want: 0.0075,
  },
  {
    note: 'labels that are no number',
    change: {
      'tokenmeter.team': raw({ doubleValue: 'NaN' }),
      'http.route': raw({ doubleValue: '-Infinity' }),
      'gen_ai.prompt.version': raw({ doubleValue: 'Infinity' }),
      'gen_ai.agent.name': raw({ doubleValue: 1.5 }),
    },
    want: 0.0075,
  },
  {
    note: 'a model that is no number',
    change: { 'gen_ai.request.model': raw({ doubleValue: 'NaN' }) },
    want: 'unknown_model',
  },
  { note: 'a list', change: { [IN]: list }, want: 'inconsistent_usage' },
  { note: 'a map', change: { [OUT]: map }, want: 'inconsistent_usage' },
  { note: 'bytes', change: { [OUT]: raw({ bytesValue: 'AAAA' }) }, want: 'inconsistent_usage' },
  {
    note: 'more cached than read',
    change: { 'gen_ai.usage.cache_read.input_tokens': 1001 },
    want: 'inconsistent_usage',
  },
  {
    note: 'more reasoning than output',
    change: { 'gen_ai.usage.reasoning.output_tokens': 501 },
    want: 'inconsistent_usage',
  },
  {
    note: 'a negative part',
    change: { 'gen_ai.usage.cache_read.input_tokens': -5 },
    want: 'inconsistent_usage',
  },
  {
    note: 'true for a part',
    change: { 'gen_ai.usage.cache_read.input_tokens': true },
    want: 'inconsistent_usage',
  },
  {
    note: 'words for a part',
    change: { 'gen_ai.usage.reasoning_tokens': 'many' },
    want: 'inconsistent_usage',
  },
  {
    note: 'a part that is empty',
    change: { 'gen_ai.usage.cache_read.input_tokens': '' },
    want: 0.0075,
  },
  { note: 'leading zeros', change: { [IN]: '0001000' }, want: 0.0075 },
  { note: 'an exponent as text', change: { [IN]: '1e3' }, want: 'inconsistent_usage' },
  {
    note: 'negative zero',
    change: { 'gen_ai.usage.cache_read.input_tokens': raw({ doubleValue: -0 }) },
    want: 0.0075,
  },
  {
    note: 'one more than doubles count to',
    change: { [IN]: raw({ intValue: '9007199254740993' }) },
    want: 'inconsistent_usage',
  },
  {
    note: 'endless output with reasoning',
    change: { [OUT]: raw({ doubleValue: 'Infinity' }), 'gen_ai.usage.reasoning.output_tokens': 5 },
    want: 'inconsistent_usage',
  },
  {
    note: 'the least output with reasoning',
    change: { [OUT]: LEAST, 'gen_ai.usage.reasoning.output_tokens': 5 },
    want: 'inconsistent_usage',
  },
  {
    note: 'cached parts whose sum begins again',
    change: {
      'gen_ai.usage.cache_read.input_tokens': MOST,
      'gen_ai.usage.cache_write.input_tokens': MOST,
    },
    want: 'inconsistent_usage',
  },
  {
    note: 'media whose sum begins again',
    change: { 'gen_ai.usage.audio.input_tokens': MOST, 'gen_ai.usage.image.input_tokens': MOST },
    want: 'inconsistent_usage',
  },
  {
    note: 'a list of cached audio',
    change: { 'gen_ai.usage.audio.cache_read.input_tokens': list },
    want: 'inconsistent_usage',
  },
  {
    note: 'an outer span with a list',
    change: { 'ai.operationId': 'ai.generateText', [IN]: list },
    want: undefined,
  },
  {
    note: 'negative audio',
    change: { 'gen_ai.usage.audio.input_tokens': 2000 },
    want: 'inconsistent_usage',
  },
  { note: 'nothing', change: { [IN]: 0, [OUT]: 0 }, want: 'no_usage' },
  { note: 'a model of another type', change: { 'gen_ai.request.model': 5 }, want: 'unknown_model' },
  {
    note: 'a model that is a list',
    change: { 'gen_ai.request.model': list },
    want: 'unknown_model',
  },
  {
    note: 'an endless model',
    change: { 'gen_ai.request.model': 'gpt-4o'.repeat(5000) },
    want: 'unknown_model',
  },
  {
    note: 'a model made of table entries',
    change: { 'gen_ai.request.model': 'a>00001<gpt-4o' },
    want: 'unknown_model',
  },
  {
    note: 'the separator in a name',
    change: { 'gen_ai.request.model': 'gpt\u001f-4o\u001f' },
    want: 'unknown_model',
  },
  {
    note: 'the separator in labels',
    change: { 'tokenmeter.feature': 'a\u001fb', 'tokenmeter.team': '\u001f' },
    want: 0.0075,
  },
  {
    note: 'a provider of another type',
    change: { 'gen_ai.provider.name': true },
    want: 'unknown_model',
  },
  { note: 'an operation of another type', change: { 'gen_ai.operation.name': 7 }, want: undefined },
  {
    note: 'a cost planted',
    change: { 'tokenmeter.cost.total': 99, 'tokenmeter.unpriced.reason': 'x' },
    want: 0.0075,
  },
  {
    note: 'our own map planted',
    change: { tm: map, 'tm.series': 'x', 'tm.cr': 'y', 'tm.further': 1 },
    want: 0.0075,
  },
  { note: 'counts of ours planted', change: { 'tm.i': 5, 'tm.o': 7, 'tm.re': 'z' }, want: 0.0075 },
  {
    note: 'costs of ours planted',
    change: { 'tm.ci': 9, 'tm.co': 99, 'tm.class': 'x', 'tm.total': 'provider' },
    want: 0.0075,
  },
  { note: 'a negative provider cost', change: { 'gen_ai.usage.cost': -1 }, want: 0.0075 },
  {
    note: 'an absurd provider cost',
    change: { 'gen_ai.usage.cost': raw({ doubleValue: 1e200 }) },
    want: 0.0075,
  },
  { note: 'a provider cost as text', change: { 'gen_ai.usage.cost': '0.25' }, want: 0.25 },
  {
    note: 'JSON that is none',
    change: { 'gen_ai.usage.raw': '{"a"', 'output.value': '{"id":"x' },
    want: 0.0075,
  },
  {
    note: 'a service tier that nobody sells',
    change: { 'openai.response.service_tier': 'gold' },
    want: 'missing_rate',
  },
  { note: '10,000 attributes', change: many, want: 0.0075 },
];
