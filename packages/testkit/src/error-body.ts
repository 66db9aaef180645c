import { providerOf, type ReplayApi } from './reply.ts';

const OPENAI_ERRORS: Readonly<Record<number, readonly [type: string, code: string | null]>> = {
  400: ['invalid_request_error', null],
  401: ['invalid_request_error', 'invalid_api_key'],
  403: ['invalid_request_error', 'unsupported_country_region_territory'],
  404: ['invalid_request_error', 'model_not_found'],
  429: ['requests', 'rate_limit_exceeded'],
  500: ['server_error', null],
  503: ['server_error', null],
};

const ANTHROPIC_ERRORS: Readonly<Record<number, string>> = {
  400: 'invalid_request_error',
  401: 'authentication_error',
  403: 'permission_error',
  404: 'not_found_error',
  413: 'request_too_large',
  429: 'rate_limit_error',
  500: 'api_error',
  529: 'overloaded_error',
};

/** The error body that the provider of an API sends with a status. */
export function renderErrorBody(
  api: ReplayApi,
  status: number,
  message: string,
): Record<string, unknown> {
  if (providerOf(api) === 'anthropic') {
    const type = ANTHROPIC_ERRORS[status] ?? 'api_error';
    return { type: 'error', error: { type, message }, request_id: null };
  }
  const [type, code] = OPENAI_ERRORS[status] ?? ['server_error', null];
  return { error: { message, type, param: null, code } };
}
