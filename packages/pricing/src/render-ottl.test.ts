import { describe, expect, test } from 'vitest';
import {
  bundledPriceBook,
  type PriceBook,
  type PriceLayer,
  parsePriceFile,
  renderOttlPriceFile,
  renderOttlPrices,
  withLayers,
} from './index.ts';
import {
  costByBook,
  costByLiteral,
  type LiteralMap,
  mapAt,
  parseLiteral,
  type Question,
  questionsAt,
} from './render-ottl.test-kit.ts';

function differences(book: PriceBook, data: LiteralMap, questions: readonly Question[]) {
  return questions.filter((each) => costByLiteral(data, each) !== costByBook(book, each));
}

const book = bundledPriceBook();
const whole = renderOttlPriceFile(book);
const data = parseLiteral(whole.text);

describe('the bundled book as OTTL', () => {
  test('holds every exact name of every row, and leaves nothing out', () => {
    const missing = book.layers.flatMap(({ rows }) =>
      rows.flatMap(({ provider, model, aliases = [] }) =>
        [model.toLowerCase(), ...aliases].filter(
          (name) => mapAt(mapAt(data, provider) ?? {}, name) === undefined,
        ),
      ),
    );
    expect(missing).toEqual([]);
    expect(whole.leftOut).toEqual([]);
    expect(data['#']).toEqual({
      book: book.version,
      data: expect.stringMatching(/^[0-9a-f]{8}$/),
      since: 0n,
    });
  });

  // gpt-5.6-luna became cheaper on 2026-07-30: input USD 1.00 → 0.20 (openai.com/api/pricing, 2026-11-20).
  test.for([
    { note: 'before a change of price', at: Date.UTC(2026, 6, 29), input: 1_000_000n },
    { note: 'after it', at: Date.UTC(2026, 6, 31), input: 200_000n },
  ])('has the rate of every class of every row $note', ({ at, input }) => {
    expect(differences(book, data, questionsAt(data, at))).toEqual([]);
    const luna = { provider: 'openai', model: 'gpt-5.6-luna', epochMs: at, tokens: { input: 1 } };
    expect(costByLiteral(data, luna)).toBe(input);
  });

  test('changes each price at the same millisecond, and by the same hours', () => {
    const questions = book.layers.flatMap(({ rows }) =>
      rows.flatMap(({ provider, model, periods }) =>
        periods
          .flatMap(({ fromEpochMs, untilEpochMs, window }) => [
            fromEpochMs ?? 0,
            untilEpochMs ?? 0,
            ...(window === undefined
              ? []
              : [0, 1, 2, 3, 4, 5, 6].flatMap((day) =>
                  [window.fromSecond, window.toSecond].map(
                    (second) => (fromEpochMs ?? 0) + (day * 86_400 + second) * 1000,
                  ),
                )),
          ])
          .filter((epochMs) => epochMs > 0)
          .flatMap((epochMs) => [epochMs - 1, epochMs])
          .map((epochMs) => ({
            provider,
            model: model.toLowerCase(),
            epochMs,
            tokens: { input: 1, output: 1 },
          })),
      ),
    );
    expect(questions.length).toBeGreaterThan(100);
    expect(differences(book, data, questions)).toEqual([]);
  });

  test('changes the card of each long-context row at the same token', () => {
    const epochMs = Date.UTC(2026, 10, 20);
    const questions = book.layers.flatMap(({ rows }) =>
      rows.flatMap(({ provider, model, periods }) =>
        periods
          .flatMap(({ tiers }) => tiers.map(({ aboveTokens }) => aboveTokens))
          .flatMap((above) => [above, above + 1])
          .map((prompt) => ({
            provider,
            model: model.toLowerCase(),
            epochMs,
            tokens: { input: prompt - 1, cache_read: 1, output: 1 },
          })),
      ),
    );
    expect(questions.length).toBeGreaterThan(200);
    expect(differences(book, data, questions)).toEqual([]);
    // USD 1.25 and 10 per million tokens up to 200,000, 2.50 and 15 above (ai.google.dev/pricing, 2026-11-20).
    const pro = { provider: 'google', model: 'gemini-2.5-pro', epochMs };
    expect(costByLiteral(data, { ...pro, tokens: { input: 200_000, output: 1 } })).toBe(
      200_000n * 1_250_000n + 10_000_000n,
    );
    expect(costByLiteral(data, { ...pro, tokens: { input: 200_001, output: 1 } })).toBe(
      200_001n * 2_500_000n + 15_000_000n,
    );
  });

  test('is the same text whenever it is written', () => {
    expect(renderOttlPrices(bundledPriceBook())).toBe(whole.text);
  });

  test('without its past is smaller and has the prices from then on', () => {
    const epochMs = Date.UTC(2026, 10, 20);
    const recent = renderOttlPriceFile(book, { epochMs });
    const recentData = parseLiteral(recent.text);
    expect(recent.text.length).toBeLessThan(whole.text.length);
    expect(mapAt(recentData, '#')?.since).toBe(BigInt(epochMs) * 1_000_000n);
    const questions = questionsAt(recentData, epochMs).filter(({ tokens }) => tokens !== undefined);
    expect(differences(book, recentData, questions)).toEqual([]);
  });
});

function layerOf(
  prices: readonly unknown[],
  mode: PriceLayer['mode'] = 'overlay',
  name = 'mine',
): PriceLayer {
  const parsed = parsePriceFile(JSON.stringify({ prices }), { name, mode });
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  return parsed.layer;
}

describe('files of the user', () => {
  const NOON = Date.UTC(2026, 10, 20, 12);

  test('discounts, fees, free models and any provider cost what they cost in process', () => {
    const mine = withLayers(book, [
      layerOf([
        { provider: 'openai', model: 'gpt-4o', multiplier: 0.85 },
        { model: 'house-model', rates: { input: 1, output: 2 }, requests: { rerank: 0.002 } },
        { provider: 'ollama', model: 'llama', free: true },
        { provider: 'x', model: 'later', rates: { input: 3 }, valid_from: '2026-11-21' },
      ]),
    ]);
    const { text, leftOut } = renderOttlPriceFile(mine);
    const own = parseLiteral(text);
    expect(leftOut).toEqual([]);
    const asked = [
      { provider: 'openai', model: 'gpt-4o', want: 2_125_000n },
      { provider: 'anthropic', model: 'house-model', want: 1_000_000n },
      { provider: '*', model: 'house-model', want: 1_000_000n },
      { provider: 'ollama', model: 'llama', want: 0n },
      { provider: 'x', model: 'later', want: undefined },
    ].map(({ want, ...rest }) => ({
      want,
      question: { ...rest, epochMs: NOON, tokens: { input: 1 } },
    }));
    expect(asked.map(({ question }) => costByLiteral(own, question))).toEqual(
      asked.map(({ want }) => want),
    );
    expect(
      differences(
        mine,
        own,
        questionsAt(own, NOON).filter(({ provider }) => provider !== 'openrouter'),
      ),
    ).toEqual([]);
  });

  test('names that would change the statement are left out and told', () => {
    const hostile = [
      'a"b',
      'a$b',
      ['a$', '{env:home}'].join(''),
      "a'b",
      'a\\b',
      'a\nb',
      'a\u2028b',
      '#',
    ];
    const { text, leftOut, nameCount } = renderOttlPriceFile(
      withLayers(book, [
        layerOf(
          [
            ...hostile.map((model) => ({ provider: 'x', model, rates: { input: 1 } })),
            { provider: 'x', model: 'good', rates: { input: 1 } },
          ],
          'replace',
          'my $prices',
        ),
      ]),
    );
    expect(leftOut.map(({ name, reason }) => ({ name, reason }))).toEqual(
      [...hostile].sort().map((name) => ({ name, reason: 'name' })),
    );
    // A name of the user's means its newest release too.
    expect(nameCount).toBe(2);
    expect(Object.keys(mapAt(parseLiteral(text), 'x') ?? {})).toEqual(['good', 'good-latest']);
    expect(text).not.toContain('$');
  });

  test('rows for patterns, deployments and unknown bases are told', () => {
    const { leftOut } = renderOttlPriceFile(
      withLayers(book, [
        layerOf([
          { provider: 'x', model: 'house-*', rates: { input: 1 } },
          { provider: 'azure', model: 'gpt-4o', deployment: 'prod', rates: { input: 1 } },
          { provider: 'x', model: 'lost', base: 'openai/nothing' },
        ]),
      ]),
    );
    expect(leftOut.map(({ row, reason }) => `${row} ${reason}`)).toEqual([
      'x/house-* pattern',
      'azure/gpt-4o@prod conditions',
      'x/lost price',
    ]);
  });

  test.for([
    {
      note: 'a discount on a provider',
      row: { provider: 'openai', model: '*', multiplier: 0.5 },
      provider: 'openai',
    },
    {
      note: 'a rate for a family',
      row: { provider: 'openai', model: 'gpt-*', rates: { input: 1, output: 2 } },
      provider: 'openai',
    },
    {
      note: 'a discount on everybody',
      row: { provider: '*', model: '*', multiplier: 0.5 },
      provider: 'anthropic',
    },
  ])('$note that replaces holds for names that the rows behind it know', ({ row, provider }) => {
    const replaced = withLayers(book, [layerOf([row], 'replace')]);
    const { text, leftOut } = renderOttlPriceFile(replaced);
    const data = parseLiteral(text);
    const epochMs = Date.UTC(2026, 5, 1);
    const questions = questionsAt(data, epochMs).filter((each) => each.provider === provider);
    expect(questions.length).toBeGreaterThan(500);
    expect(
      questions.filter((each) => costByLiteral(data, each) !== costByBook(replaced, each)),
    ).toEqual([]);
    expect(leftOut.map(({ reason }) => reason)).toEqual(['pattern']);
  });

  test('an empty book is an empty map that still names its version', () => {
    const empty = withLayers(book, [layerOf([], 'replace')]);
    expect(Object.keys(parseLiteral(renderOttlPrices(empty)))).toEqual(['#']);
  });
});
