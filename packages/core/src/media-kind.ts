/** What a content type says about a body. */
export interface MediaKind {
  /** AWS event stream: binary frames. */
  readonly isEventStream: boolean;
  /** Generated audio, pictures and files, which nobody reads. */
  readonly isMedia: boolean;
  /** JSON, events and other text, event streams of AWS included. */
  readonly isTextual: boolean;
}

const EVENT_STREAM = /^application\/vnd\.amazon\.eventstream/i;
const MEDIA = /^(?:audio|image|video)\/|^application\/octet-stream/i;
const TEXTUAL = /json|event-?stream|^text\//i;

/** Content types that are remembered: providers have a handful. */
const LIMIT = 100;
const LONGEST = 256;

const known = new Map<string, MediaKind>();

/** Judges a content type; an absent one is none of the three. */
export function mediaKind(contentType = ''): MediaKind {
  const found = known.get(contentType);
  if (found !== undefined) return found;
  const kind: MediaKind = {
    isEventStream: EVENT_STREAM.test(contentType),
    isMedia: MEDIA.test(contentType),
    isTextual: TEXTUAL.test(contentType),
  };
  if (known.size >= LIMIT) known.clear();
  if (contentType.length <= LONGEST) known.set(contentType, kind);
  return kind;
}
