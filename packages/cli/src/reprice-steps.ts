import { basename } from 'node:path';
import { parseJson } from '@tokenmeter/pricing';
import {
  type RepriceFilters,
  type RepriceOutcome,
  type RepriceReport,
  repriceLedger,
} from '@tokenmeter/server';
import { describeLedgerFailure } from './ask-ledger.ts';
import { CommandError, type Io } from './io.ts';
import { loadPriceBook, type PriceFileChoice } from './price-book.ts';
import { parsePriceDocument, readPriceText } from './price-file.ts';
import { priceFilePaths } from './price-file-paths.ts';
import { findServer } from './running-server.ts';

/** One run over the calls: a preview, or writing, of the figures with this token if one is given. */
export interface RepriceStep {
  readonly isApplied: boolean;
  readonly expectedToken?: string;
}

/** Which calls, of which ledger. */
export interface RepriceRange {
  readonly dataDir: string;
  readonly fromEpochMs: number;
  readonly toEpochMs: number;
  readonly filters: RepriceFilters;
}

/** Runs one step. Throws a `CommandError` when the ledger, the server or the prices refuse. */
export type RunRepriceStep = (step: RepriceStep) => Promise<RepriceOutcome>;

interface SentPriceFile {
  readonly name: string;
  readonly text: string;
  readonly value?: unknown;
}

async function readSentFiles(choice: PriceFileChoice, io: Io): Promise<readonly SentPriceFile[]> {
  return Promise.all(
    priceFilePaths(choice, io.env).map(async (path) => {
      const name = basename(path);
      const parsed = parsePriceDocument(path, await readPriceText(path, io.cwd));
      if (!parsed.ok) throw new CommandError(`price file ${path} changed while it was read`);
      const { text, value } = parsed.document;
      return parseJson(text).ok ? { name, text } : { name, text, value };
    }),
  );
}

function isReport(value: unknown): value is RepriceReport {
  return typeof value === 'object' && value !== null && 'token' in value && 'changedCalls' in value;
}

function problemOf(value: unknown): CommandError {
  if (typeof value !== 'object' || value === null || !('error' in value)) {
    return new CommandError('the server gave no reason');
  }
  const hint = 'hint' in value && typeof value.hint === 'string' ? { hint: value.hint } : {};
  return new CommandError(String(value.error), hint);
}

async function post(url: string, body: object, stop: AbortSignal): Promise<RepriceReport> {
  const answer = await fetch(`${url}/api/v1/ledger/reprice`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
    signal: stop,
  });
  const given: unknown = await answer.json();
  if (!answer.ok) throw problemOf(given);
  if (!isReport(given)) throw new CommandError(`${url} did not answer with figures`);
  return given;
}

/**
 * Decides how calls are priced again: by the server that owns the ledger, with the named files or else its prices in
 * force, or here on the closed ledger. Throws a `CommandError` for price files that cannot be used.
 */
export async function prepareReprice(
  { dataDir, fromEpochMs, toEpochMs, filters }: RepriceRange,
  choice: PriceFileChoice,
  io: Io,
): Promise<RunRepriceStep> {
  const book = await loadPriceBook(choice, io);
  const server = await findServer(dataDir);
  if (server === undefined) {
    return async (step) => {
      try {
        return await repriceLedger(dataDir, { fromEpochMs, toEpochMs, filters, book, ...step });
      } catch (error) {
        throw describeLedgerFailure(error);
      }
    };
  }
  const prices = await readSentFiles(choice, io);
  return async ({ isApplied, expectedToken }) => {
    const range = { from: fromEpochMs, to: toEpochMs, ...filters };
    const how = { prices, replace: choice.replace === true, apply: isApplied };
    const report = await post(server.url, { ...range, ...how, expected: expectedToken }, io.stop);
    return { kind: 'done', report };
  };
}
