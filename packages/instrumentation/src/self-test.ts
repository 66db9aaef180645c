/** Something that this runtime hides from metering. */
export interface HiddenTraffic {
  /** Word of the self-metric `tokenmeter.self.problems`. */
  readonly problem: string;
  /** One sentence for a person. */
  readonly message: string;
}

/** The first releases whose `node:http2` tells of the streams of clients, by major version (run on 2026-11-21). */
const FIRST_WITH_HTTP2: Readonly<Record<string, number>> = { '22': 17, '23': Infinity, '24': 2 };

/** What `process.versions` tells of a runtime. */
export interface RuntimeVersions {
  readonly node: string;
  /** Absent where `fetch` is not undici's: on Bun and Deno. */
  readonly undici?: string;
}

/**
 * What cannot be observed on a runtime at all, and so would be lost in silence: known beforehand, because nothing in the
 * process could show it. Whatever else is hidden shows itself by its first response, see `bytesUnobserved`.
 */
export function findHiddenTraffic({ node, undici }: RuntimeVersions): readonly HiddenTraffic[] {
  const hidden: HiddenTraffic[] = [];
  if (undici === undefined) {
    hidden.push({
      problem: 'fetch_unobservable',
      message:
        'model calls through fetch cannot be seen on this runtime, which is not Node; meter them with wrapFetch of @tokenmeter/instrumentation/edge instead',
    });
  }
  const [major = '', minor = ''] = node.split('.');
  if (Number(minor) < (FIRST_WITH_HTTP2[major] ?? 0)) {
    hidden.push({
      problem: 'http2_unobservable',
      message: `model calls over node:http2 (the AWS SDK for Bedrock) cannot be seen on Node ${node}; they can on 22.17, 24.2 and newer`,
    });
  }
  return hidden;
}

/** A response came to its end and none of its bytes was seen. */
export function bytesUnobserved(nodeVersion: string | undefined): HiddenTraffic {
  return {
    problem: 'bytes_unobserved',
    message: `the bytes of a model's response could not be seen on Node ${nodeVersion ?? 'unknown'}; such calls are counted without tokens`,
  };
}

/** Silent responses of unknown length after which it is no accident any more, where none was ever heard. */
const MOST_SILENT = 3;

/** Tells a runtime that hides bytes from a provider that sent none. */
export class ByteSightings {
  #hasSeen = false;
  #silent = 0;

  seen(): void {
    this.#hasSeen = true;
  }

  /** Whether a response without bytes shows that they are hidden; `isPromised` when its head says that there are some. */
  areHidden(isPromised: boolean): boolean {
    if (isPromised) return true;
    this.#silent += 1;
    return !this.#hasSeen && this.#silent >= MOST_SILENT;
  }
}
