import {
  createFake,
  demand,
  isObject,
  type Json,
  parseJson,
  readList,
  readObject,
  readText,
  readUrl,
  type VendorFake,
} from './vendor-fake.ts';

const KEYS = ['content', 'username', 'allowed_mentions', 'embeds'];
const EMBED_KEYS = ['title', 'description', 'url', 'color', 'timestamp', 'fields', 'footer'];

/**
 * Creates a fake of Discord's "execute webhook": 200 with `wait=true`, else 204, and 400 with code 50035 beyond its
 * limits.
 *
 * @see https://discord.com/developers/docs/resources/message#embed-object-embed-limits (checked 2026-11-21)
 */
export function createDiscordFake(): VendorFake<Json> {
  return createFake(
    ({ path, body }) => {
      const message = readObject(parseJson(body), 'message', KEYS);
      let length = 0;
      for (const each of readList(message.embeds, 'embeds', 10)) length += embedLength(each);
      demand(length <= 6000, `embeds have ${length} characters`);
      const waits = path.includes('wait=true');
      const answer = waits ? { status: 200, body: JSON.stringify({ id: '1' }) } : { status: 204 };
      return { message, answer };
    },
    (words) => ({
      status: 400,
      body: JSON.stringify({ code: 50_035, message: 'Invalid Form Body', errors: words }),
    }),
  );
}

function embedLength(value: unknown): number {
  const embed = readObject(value, 'embed', EMBED_KEYS);
  let length = readText(embed.title, 'title', 256).length;
  if (embed.description !== undefined && embed.description !== '') {
    length += readText(embed.description, 'description', 4096).length;
  }
  if (embed.url !== undefined) readUrl(embed.url, 'url', 2048);
  demand(embed.color === undefined || Number.isInteger(embed.color), 'color');
  if (Array.isArray(embed.fields) && embed.fields.length > 0) {
    for (const each of readList(embed.fields, 'fields', 25)) length += fieldLength(each);
  }
  const footer = isObject(embed.footer) ? embed.footer.text : undefined;
  return footer === undefined ? length : length + readText(footer, 'footer', 2048).length;
}

function fieldLength(value: unknown): number {
  const field = readObject(value, 'field', ['name', 'value', 'inline']);
  const name = readText(field.name, 'field.name', 256);
  return name.length + readText(field.value, 'field.value', 1024).length;
}
