import { createHash, createPublicKey, generateKeyPairSync, randomBytes, sign } from 'node:crypto';

/** A key and a certificate for this machine's names, in PEM. Nobody trusts it who was not told to. */
export interface SelfSigned {
  readonly key: string;
  readonly cert: string;
}

const DAY_MS = 86_400_000;
const OID_ECDSA_SHA256 = [0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02];
const OID_COMMON_NAME = [0x55, 0x04, 0x03];
const OID_ALTERNATIVE_NAMES = [0x55, 0x1d, 0x11];
const OID_BASIC_CONSTRAINTS = [0x55, 0x1d, 0x13];

/** Makes one that is valid from yesterday to tomorrow, for localhost and 127.0.0.1 (X.509 version 3, ECDSA on P-256). */
export function createSelfSigned(): SelfSigned {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const publicKey = createPublicKey(privateKey).export({ type: 'spki', format: 'der' });
  const algorithm = sequence(tagged(0x06, Buffer.from(OID_ECDSA_SHA256)));
  const name = sequence(
    tagged(0x31, sequence(tagged(0x06, Buffer.from(OID_COMMON_NAME)), utf8('localhost'))),
  );
  const body = sequence(
    tagged(0xa0, integer(Buffer.from([2]))),
    integer(serialOf(publicKey)),
    algorithm,
    name,
    sequence(time(Date.now() - DAY_MS), time(Date.now() + DAY_MS)),
    name,
    publicKey,
    tagged(0xa3, sequence(alternativeNames(), authority())),
  );
  const signature = sign('sha256', body, privateKey);
  const whole = sequence(body, algorithm, tagged(0x03, Buffer.from([0]), signature));
  return {
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    cert: `-----BEGIN CERTIFICATE-----\n${whole.toString('base64').replaceAll(/.{64}(?=.)/g, '$&\n')}\n-----END CERTIFICATE-----\n`,
  };
}

/** Positive, and different for every certificate. */
function serialOf(publicKey: Buffer): Buffer {
  const digest = createHash('sha256').update(publicKey).update(randomBytes(8)).digest();
  return Buffer.concat([Buffer.from([0x01]), digest.subarray(0, 8)]);
}

function alternativeNames(): Buffer {
  const names = sequence(
    tagged(0x82, Buffer.from('localhost')),
    tagged(0x87, Buffer.from([127, 0, 0, 1])),
  );
  return sequence(tagged(0x06, Buffer.from(OID_ALTERNATIVE_NAMES)), tagged(0x04, names));
}

/** It signs itself, so it must be allowed to sign. */
function authority(): Buffer {
  const isAuthority = sequence(tagged(0x01, Buffer.from([0xff])));
  return sequence(
    tagged(0x06, Buffer.from(OID_BASIC_CONSTRAINTS)),
    tagged(0x01, Buffer.from([0xff])),
    tagged(0x04, isAuthority),
  );
}

function sequence(...parts: readonly Buffer[]): Buffer {
  return tagged(0x30, ...parts);
}

function integer(bytes: Buffer): Buffer {
  return tagged(0x02, bytes);
}

function utf8(text: string): Buffer {
  return tagged(0x0c, Buffer.from(text));
}

/** UTCTime: two digits each, and Z. */
function time(epochMs: number): Buffer {
  const digits = new Date(epochMs).toISOString().replaceAll(/[-:T]/g, '').slice(2, 14);
  return tagged(0x17, Buffer.from(`${digits}Z`));
}

function tagged(tag: number, ...parts: readonly Buffer[]): Buffer {
  const content = Buffer.concat(parts);
  return Buffer.concat([Buffer.from([tag]), lengthOf(content.length), content]);
}

/** DER: one byte up to 127, else the number of bytes and the bytes. */
function lengthOf(length: number): Buffer {
  if (length < 0x80) return Buffer.from([length]);
  if (length < 0x100) return Buffer.from([0x81, length]);
  return Buffer.from([0x82, length >> 8, length & 0xff]);
}
