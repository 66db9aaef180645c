// Makes one call and ends by itself.
const response = await fetch(`${process.env.PROVIDER_URL}/v1/chat/completions`, {
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: '{"model":"gpt-4o","messages":[{"role":"user","content":"Hello"}]}',
});
await response.json();
