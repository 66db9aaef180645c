import { createHash, createHmac } from 'node:crypto';
import type { IntakeRequest } from './vendor-intake.ts';

function sha256(data: string | Buffer): string {
  return createHash('sha256').update(data).digest('hex');
}

function hmac(key: string | Buffer, data: string): Buffer {
  return createHmac('sha256', key).update(data).digest();
}

/**
 * What is wrong with a request's AWS signature, from a second computation with the same secret; empty when it is right.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html (checked 2026-11-21)
 */
export function signatureProblem(
  request: IntakeRequest,
  { secretKey, path }: { readonly secretKey: string; readonly path: string },
): string {
  const header = request.headers.authorization ?? '';
  const parts =
    /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d{8})\/([^/]+)\/([^/]+)\/aws4_request, SignedHeaders=([^,]+), Signature=([0-9a-f]{64})$/.exec(
      header,
    );
  if (parts === null) return `no signature in ${JSON.stringify(header)}`;
  const [, , date = '', region = '', service = '', signedHeaders = '', signature] = parts;
  const names = signedHeaders.split(';');
  for (const needed of ['host', 'x-amz-date']) {
    if (!names.includes(needed)) return `${needed} is not signed`;
  }
  const canonical = [
    request.method,
    path,
    '',
    ...names.map((name) => `${name}:${String(request.headers[name] ?? '').trim()}`),
    '',
    signedHeaders,
    sha256(request.body),
  ].join('\n');
  const scope = `${date}/${region}/${service}/aws4_request`;
  const toSign = [
    'AWS4-HMAC-SHA256',
    String(request.headers['x-amz-date']),
    scope,
    sha256(canonical),
  ].join('\n');
  const key = [date, region, service, 'aws4_request'].reduce<Buffer | string>(
    (each, part) => hmac(each, part),
    `AWS4${secretKey}`,
  );
  const computed = createHmac('sha256', key).update(toSign).digest('hex');
  return computed === signature ? '' : `the signature of ${service} in ${region} is wrong`;
}
