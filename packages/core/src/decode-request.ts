import type { DecodedRequest, Endpoint } from './decoder.ts';
import { promptBytesOf } from './estimate-usage.ts';
import { inputContentOf } from './input-content.ts';
import { protocolOf } from './protocol-of.ts';
import { scanFormData } from './scan-form-data.ts';
import { scanTopLevel } from './scan-json.ts';
import { isRecord, type JsonRecord, parseJson, present } from './wire-value.ts';

/** Longer bodies, mostly pictures, are not parsed: only the members that matter are looked for. */
const PARSE_LIMIT = 64 * 1024;

/**
 * Decodes a request body. Any text is taken: JSON, multipart form data (uploads), and what is neither or was cut off, tells
 * as much as can be read of it. The model of the path stands in where the body names none. With `measuresPrompt` the text
 * of the prompt is measured, so that missing usage can be estimated; with `keepsContent` prompt and tools are kept. Both
 * parse the whole body. Never throws.
 */
export function decodeRequest(
  endpoint: Endpoint,
  bodyText: string,
  {
    measuresPrompt = false,
    keepsContent = false,
  }: { readonly measuresPrompt?: boolean; readonly keepsContent?: boolean } = {},
): DecodedRequest {
  const protocol = protocolOf(endpoint.api);
  const decoded = protocol?.decodeRequest(readBody(bodyText, protocol.requestKeys));
  const { model = endpoint.pathModel, isStreaming, isBackground, parameters } = decoded ?? EMPTY;
  return {
    ...present({
      model,
      isBackground,
      content: keepsContent ? inputContentOf(bodyText) : undefined,
      promptBytes: measuresPrompt ? promptBytesOf(parseJson(bodyText)) : undefined,
    }),
    isStreaming: isStreaming || endpoint.isStreaming === true,
    parameters,
  };
}

const EMPTY: DecodedRequest = { isStreaming: false, parameters: {} };

function readBody(text: string, wanted: ReadonlySet<string>): JsonRecord {
  if (text.startsWith('--')) return scanFormData(text, wanted);
  const whole = text.length <= PARSE_LIMIT ? parseJson(text) : undefined;
  return isRecord(whole) ? whole : scanTopLevel(text, wanted);
}
