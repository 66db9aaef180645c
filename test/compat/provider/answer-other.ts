import type { OutgoingHttpHeaders } from 'node:http';

/** What is needed to give a whole answer at once. */
export interface WholeResponse {
  writeHead(status: number, headers: OutgoingHttpHeaders): unknown;
  end(body: string): unknown;
}

/** Counted tokens; lists of models and files in two pages; anything else does not exist. */
export function answerOther(path: string, response: WholeResponse): void {
  if (/\/count_tokens$|:countTokens$/.test(path)) {
    endWith(response, 200, JSON.stringify({ input_tokens: 9, totalTokens: 9 }));
    return;
  }
  if (!/\/(?:models|files|tags)(?:\?|$)/.test(path)) {
    endWith(response, 404, JSON.stringify({ error: { message: `no ${path}` } }));
    return;
  }
  const isSecond = /after(?:_id)?=|pageToken=/.test(path);
  const ids = isSecond ? ['c'] : ['a', 'b'];
  const data = ids.map((id) => ({ id, type: 'model', object: 'model', created: 1 }));
  const page = { object: 'list', data, has_more: !isSecond, first_id: ids[0], last_id: ids.at(-1) };
  const models = ids.map((id) => ({ name: `models/${id}`, model: id }));
  const token = isSecond ? {} : { nextPageToken: 'b' };
  endWith(response, 200, JSON.stringify({ ...page, models, ...token }));
}

/** Ends a response with a JSON body. */
export function endWith(
  response: WholeResponse,
  status: number,
  body: string,
  headers: Readonly<Record<string, string>> = {},
): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(body);
}
