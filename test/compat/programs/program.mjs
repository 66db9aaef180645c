import { get } from 'node:http';

/** Where the provider listens: HTTP/1.1, HTTP/2 without TLS, and both over TLS. */
export const url = process.env.COMPAT_URL;
export const http2Url = process.env.COMPAT_HTTP2_URL;
export const tlsUrl = process.env.COMPAT_TLS_URL;

/** Prints one observation. Ports differ between runs, so they are left out. */
export function show(label, value) {
  const text = JSON.stringify(value) ?? 'undefined';
  process.stdout.write(`${label}: ${text.replaceAll(/127\.0\.0\.1:\d+/g, 'HOST')}\n`);
}

/** Prints what a call gives, or the error that a caller would see. */
export async function attempt(label, call) {
  try {
    show(label, await call());
  } catch (error) {
    const { name, message, status, statusCode } = error;
    show(`${label} throws`, { class: error.constructor.name, name, message, status, statusCode });
  }
}

/** Everything that a stream yields. */
export async function collect(stream) {
  const seen = [];
  for await (const piece of stream) seen.push(piece);
  return seen;
}

/** Aborts a stream of the AI SDK at its first text and gives the type of its last part; `start` begins it with a signal. */
export async function abortAtText(start) {
  const controller = new AbortController();
  const seen = [];
  for await (const part of start(controller.signal).fullStream) {
    seen.push(part.type);
    if (part.type === 'text-delta') controller.abort();
  }
  return seen.at(-1);
}

/** Waits until the provider knows that every call has ended, as it must after a `break`. */
export function settled(label) {
  return new Promise((resolve, reject) => {
    get(`${url}/compat/settled`, { agent: false }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk) => {
        text += chunk;
      });
      response.on('end', () => {
        show(label, text);
        resolve();
      });
    }).on('error', reject);
  });
}

/** Runs a program; a failure of the program itself is its exit code. */
export function run(program) {
  program().catch((error) => {
    process.stdout.write(`program failed: ${error.stack}\n`);
    process.exitCode = 1;
  });
}
