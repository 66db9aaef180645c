/** Span ids seen lately, in two generations of fixed size, so that memory is bounded whatever arrives. */
export interface SpanWindow {
  /** Remembers a span. False when it is known already. Ids are lower-case hex: 32 and 16 digits. */
  add(traceId: string, spanId: string): boolean;
  /** True when the span is remembered. */
  has(traceId: string, spanId: string): boolean;
}

const PRIME = 0x9e3779b1;

/** One open-addressing table of 64-bit keys; 0,0 means empty. */
function createTable(capacity: number): {
  readonly find: (high: number, low: number) => boolean;
  readonly insert: (high: number, low: number) => number;
} {
  const slots = 2 ** Math.ceil(Math.log2(capacity * 2));
  const keys = new Uint32Array(slots * 2);
  let size = 0;
  const slotOf = (high: number, low: number): number => {
    let slot = (Math.imul(high ^ low, PRIME) >>> 0) & (slots - 1);
    while (keys[slot * 2] !== 0 || keys[slot * 2 + 1] !== 0) {
      if (keys[slot * 2] === high && keys[slot * 2 + 1] === low) return slot;
      slot = (slot + 1) & (slots - 1);
    }
    return slot;
  };
  return {
    find: (high, low) => {
      const slot = slotOf(high, low);
      return keys[slot * 2] === high && keys[slot * 2 + 1] === low;
    },
    insert: (high, low) => {
      const slot = slotOf(high, low);
      keys[slot * 2] = high;
      keys[slot * 2 + 1] = low;
      size += 1;
      return size;
    },
  };
}

/** One round and the finish of MurmurHash3 (Austin Appleby, public domain), which spread counting ids as well as random ones. */
function mix(hash: number, word: number): number {
  let mixed = Math.imul(word, 0xcc9e2d51);
  mixed = Math.imul((mixed << 15) | (mixed >>> 17), 0x1b873593) ^ hash;
  return (Math.imul((mixed << 13) | (mixed >>> 19), 5) + 0xe6546b64) | 0;
}

function finish(hash: number): number {
  let mixed = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}

function keyOf(traceId: string, spanId: string): readonly [number, number] {
  const ids = traceId + spanId;
  let high = 0x2f0b4c47;
  let low = 0x7b1d9e25;
  for (let at = 0; at < ids.length; at += 8) {
    const word = Number.parseInt(ids.slice(at, at + 8), 16);
    high = mix(high, word);
    low = mix(low, word ^ high);
  }
  return [finish(high), finish(low) || 1];
}

/** Creates a window that remembers at least the last `capacity` spans and at most twice as many. 16 bytes a span and generation. */
export function createSpanWindow(capacity: number): SpanWindow {
  let young = createTable(capacity);
  let old = createTable(1);
  return {
    has: (traceId, spanId) => {
      const [high, low] = keyOf(traceId, spanId);
      return young.find(high, low) || old.find(high, low);
    },
    add: (traceId, spanId) => {
      const [high, low] = keyOf(traceId, spanId);
      if (young.find(high, low) || old.find(high, low)) return false;
      if (young.insert(high, low) >= capacity) {
        old = young;
        young = createTable(capacity);
      }
      return true;
    },
  };
}
