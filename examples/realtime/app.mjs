// One turn with a Realtime model over a web socket, metered.
import { meterRealtime } from './meter-realtime.mjs';

const model = 'gpt-realtime';
const { OPENAI_API_KEY, OPENAI_REALTIME_URL = 'wss://api.openai.com/v1/realtime' } = process.env;
const socket = new WebSocket(`${OPENAI_REALTIME_URL}?model=${model}`, [
  'realtime',
  `openai-insecure-api-key.${OPENAI_API_KEY}`,
]);
meterRealtime(socket, model, { feature: 'voice' });

socket.addEventListener('open', () => {
  const item = { type: 'message', role: 'user', content: [{ type: 'input_text', text: 'Hello' }] };
  socket.send(JSON.stringify({ type: 'conversation.item.create', item }));
  socket.send(JSON.stringify({ type: 'response.create' }));
});
socket.addEventListener('message', ({ data }) => {
  const { type, response } = JSON.parse(data);
  if (type !== 'response.done') return;
  console.log(response.status);
  socket.close();
});
