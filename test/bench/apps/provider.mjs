// Answers chat completions as fast as it can, streamed in CHUNKS chunks or whole; swallows OTLP. Prints its origin.
import { createServer } from 'node:http';

const usage = {
  prompt_tokens: 1000,
  completion_tokens: 50,
  total_tokens: 1050,
  prompt_tokens_details: { cached_tokens: 200 },
};
const whole = JSON.stringify({
  id: 'chatcmpl-bench',
  object: 'chat.completion',
  created: 1,
  model: 'gpt-4o-2024-08-06',
  choices: [
    {
      index: 0,
      message: { role: 'assistant', content: 'word '.repeat(50) },
      finish_reason: 'stop',
    },
  ],
  usage,
});
const chunk = (fields) =>
  `data: ${JSON.stringify({ id: 'chatcmpl-bench', object: 'chat.completion.chunk', created: 1, model: 'gpt-4o-2024-08-06', ...fields })}\n\n`;
const piece = chunk({ choices: [{ index: 0, delta: { content: 'word ' }, finish_reason: null }] });
const CHUNKS = 20_000;

function stream(response, chunks) {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  let sent = 0;
  const more = () => {
    while (sent < chunks) {
      sent += 1;
      if (!response.write(piece)) {
        response.once('drain', more);
        return;
      }
    }
    response.write(chunk({ choices: [], usage }));
    response.end('data: [DONE]\n\n');
  };
  more();
}

const server = createServer((request, response) => {
  let body = '';
  request.setEncoding('utf8').on('data', (text) => {
    body += text;
  });
  request.on('end', () => {
    if (!request.url.includes('/chat/')) return response.writeHead(200).end();
    if (body.includes('"stream":true')) {
      return stream(response, JSON.parse(body).max_completion_tokens ?? CHUNKS);
    }
    response.writeHead(200, { 'content-type': 'application/json' }).end(whole);
  });
});
server.keepAliveTimeout = 60_000;
server.listen(0, '127.0.0.1', () => console.log(`http://127.0.0.1:${server.address().port}`));
