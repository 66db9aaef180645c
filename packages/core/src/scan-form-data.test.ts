import { expect, test } from 'vitest';
import { decodeRequest } from './decode-request.ts';
import type { Endpoint } from './decoder.ts';
import { scanFormData } from './scan-form-data.ts';

const TRANSCRIPTION: Endpoint = {
  api: 'openai.audio',
  provider: 'openai',
  operation: 'transcription',
  modifiers: {},
};

async function formText(fields: Readonly<Record<string, string | Blob>>): Promise<string> {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.append(name, value);
  return await new Response(form).text();
}

test('an upload tells its model without its file being read', async () => {
  const file = new Blob([new Uint8Array(300_000)], { type: 'audio/wav' });
  const text = await formText({
    file,
    model: 'gpt-4o-transcribe',
    stream: 'true',
    temperature: '0.5',
  });
  expect(decodeRequest(TRANSCRIPTION, text)).toEqual({
    model: 'gpt-4o-transcribe',
    isStreaming: true,
    parameters: { temperature: 0.5 },
  });
});

test.for([
  { note: 'no fields', text: '--x--\r\n' },
  {
    note: 'a field cut off',
    text: '--x\r\nContent-Disposition: form-data; name="model"\r\n\r\ngpt',
  },
  { note: 'a header cut off', text: '--x\r\nContent-Disposition: form-data; name="model"\r\n' },
  {
    note: 'a text as long as a file',
    text: `--x\r\nContent-Disposition: form-data; name="model"\r\n\r\n${'x'.repeat(300)}\r\n--x--`,
  },
])('$note tells nothing', ({ text }) => {
  expect(scanFormData(text, new Set(['model']))).toEqual({});
});
