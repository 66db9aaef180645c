/** Hex digits kept: 128 bits tell the users of any service apart. */
const HASH_LENGTH = 32;

/**
 * The user id as a keyed hash: HMAC-SHA-256 in hex, first 128 bits. The same user has the same hash wherever the key is the
 * same, and without the key nobody can try ids. Undefined where the runtime has no `node:crypto`: the id is then left out.
 */
export function hashUser(userId: string, key: string): string | undefined {
  const crypto = globalThis.process?.getBuiltinModule?.('node:crypto');
  return crypto?.createHmac('sha256', key).update(userId).digest('hex').slice(0, HASH_LENGTH);
}
