import protobuf from 'protobufjs/minimal.js';

/** Encodings of OTLP/HTTP. */
export type OtlpEncoding = 'protobuf' | 'json';

/** Points or spans that were not taken, and why; part of a successful answer. */
export interface Rejection {
  readonly count: number;
  readonly message: string;
}

/** Content type of an encoding. */
export const CONTENT_TYPES: Readonly<Record<OtlpEncoding, string>> = {
  protobuf: 'application/x-protobuf',
  json: 'application/json',
};

/** Which encoding a `content-type` names; undefined when it is none of OTLP's. */
export function encodingOf(contentType: string | undefined): OtlpEncoding | undefined {
  const type = (contentType ?? '').split(';', 1)[0]?.trim().toLowerCase();
  if (type === 'application/x-protobuf') return 'protobuf';
  return type === 'application/json' ? 'json' : undefined;
}

/** Signals, with the name that OTLP gives their count of rejected items. */
const REJECTED: Readonly<Record<'traces' | 'metrics' | 'logs', string>> = {
  traces: 'rejectedSpans',
  metrics: 'rejectedDataPoints',
  logs: 'rejectedLogRecords',
};

/** A signal of OTLP. */
export type Signal = keyof typeof REJECTED;

/** Renders `Export…ServiceResponse`; without a rejection it is empty, as full success demands. */
export function renderSuccess(
  signal: Signal,
  encoding: OtlpEncoding,
  rejection: Rejection | undefined,
): Uint8Array {
  if (encoding === 'json') {
    const body =
      rejection === undefined
        ? {}
        : {
            partialSuccess: {
              [REJECTED[signal]]: String(rejection.count),
              errorMessage: rejection.message,
            },
          };
    return Buffer.from(JSON.stringify(body));
  }
  const writer = protobuf.Writer.create();
  if (rejection === undefined) return writer.finish();
  const partial = writer.uint32(10).fork();
  partial.uint32(8).int64(rejection.count).uint32(18).string(rejection.message);
  return partial.ldelim().finish();
}

/** Renders `google.rpc.Status`, the body of every refusal. `code` is a canonical gRPC code. */
export function renderStatus(encoding: OtlpEncoding, code: number, message: string): Uint8Array {
  if (encoding === 'json') return Buffer.from(JSON.stringify({ code, message }));
  return protobuf.Writer.create().uint32(8).int32(code).uint32(18).string(message).finish();
}
