/** A request as a fake of a vendor sees it. */
export interface VendorRequest {
  readonly method: string;
  /** With its query. */
  readonly path: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** How the vendor answers. */
export interface VendorAnswer {
  readonly status: number;
  readonly headers?: Record<string, string>;
  readonly body?: string;
}

/** A fake of a vendor's endpoint: it judges each message as the vendor's documents say, and remembers the good ones. */
export interface VendorFake<Message> {
  readonly answer: (request: VendorRequest) => VendorAnswer;
  /** Messages that were taken, in order. */
  readonly messages: readonly Message[];
  /** Why messages were not taken, in order. */
  readonly refusals: readonly string[];
}

/** Something the vendor would not take, with the words for it. */
export class RefusedMessage extends Error {
  override readonly name = 'RefusedMessage';
}

export type Json = Readonly<Record<string, unknown>>;

/** Throws `RefusedMessage` unless the condition holds. */
export function demand(condition: boolean, words: string): asserts condition {
  if (!condition) throw new RefusedMessage(words);
}

export function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** An object with no keys beyond the known ones. */
export function readObject(value: unknown, where: string, keys: readonly string[]): Json {
  demand(isObject(value), `${where} is no object`);
  for (const key of Object.keys(value)) demand(keys.includes(key), `${where} has unknown ${key}`);
  return value;
}

export function readList(value: unknown, where: string, most: number): readonly unknown[] {
  demand(Array.isArray(value), `${where} is no list`);
  demand(value.length > 0 && value.length <= most, `${where} has ${value.length} items`);
  return value;
}

/** Text of 1 to `most` characters. */
export function readText(value: unknown, where: string, most: number): string {
  demand(typeof value === 'string', `${where} is no text`);
  demand(value.length > 0 && value.length <= most, `${where} has ${value.length} characters`);
  return value;
}

export function readUrl(value: unknown, where: string, most: number): string {
  const text = readText(value, where, most);
  demand(URL.canParse(text) && /^https?:/.test(text), `${where} is no http or https URL`);
  return text;
}

/** A JSON object; throws `RefusedMessage` for other text. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new RefusedMessage('the body is no JSON');
  }
}

/** Keeps the books of a fake: `judge` throws `RefusedMessage`, or gives the message and the answer. */
export function createFake<Message>(
  judge: (request: VendorRequest) => { readonly message: Message; readonly answer: VendorAnswer },
  refuse: (words: string) => VendorAnswer,
): VendorFake<Message> {
  const messages: Message[] = [];
  const refusals: string[] = [];
  return {
    messages,
    refusals,
    answer: (request) => {
      try {
        const { message, answer } = judge(request);
        messages.push(message);
        return answer;
      } catch (error) {
        if (!(error instanceof RefusedMessage)) throw error;
        refusals.push(error.message);
        return refuse(error.message);
      }
    },
  };
}
