import { createPublicKey, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** PEM files: an authority, and a server that it vouches for. */
export interface Certificates {
  readonly caFile: string;
  readonly certFile: string;
  readonly keyFile: string;
}

const DAY_MS = 86_400_000;

/**
 * Makes an authority and a certificate of its for `localhost` and 127.0.0.1, good for a day, as `ca.crt`, `tls.crt` and `tls.key`:
 * the names that cert-manager gives them. For tests; Node can use certificates, and makes none.
 */
export async function makeCertificates(folder: string): Promise<Certificates> {
  const authority = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const server = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const issuer = 'Authority of a test';
  const files = { caFile: 'ca.crt', certFile: 'tls.crt', keyFile: 'tls.key' };
  const ca = certificate(
    { subject: issuer, issuer, key: authority.privateKey, extension: CERTIFICATE_AUTHORITY },
    authority.privateKey,
  );
  const leaf = certificate(
    { subject: 'localhost', issuer, key: server.privateKey, extension: ON_THIS_MACHINE },
    authority.privateKey,
  );
  await writeFile(join(folder, files.caFile), ca);
  await writeFile(join(folder, files.certFile), leaf);
  const key = server.privateKey.export({ type: 'pkcs8', format: 'pem' });
  await writeFile(join(folder, files.keyFile), key, { mode: 0o600 });
  return { caFile: join(folder, 'ca.crt'), certFile: join(folder, 'tls.crt'), keyFile: join(folder, 'tls.key') };
}

interface Subject {
  readonly subject: string;
  readonly issuer: string;
  readonly key: KeyObject;
  readonly extension: Buffer;
}

/** RFC 5280 §4.1, as PEM. */
function certificate({ subject, issuer, key, extension }: Subject, signer: KeyObject): string {
  const now = Date.now();
  const toBeSigned = der(
    SEQUENCE,
    der(0xa0, integer(Buffer.from([2]))), // version 3
    integer(randomBytes(12)),
    ECDSA_WITH_SHA256,
    nameOf(issuer),
    der(SEQUENCE, utcTime(now - DAY_MS), utcTime(now + DAY_MS)),
    nameOf(subject),
    createPublicKey(key).export({ type: 'spki', format: 'der' }),
    der(0xa3, der(SEQUENCE, extension)),
  );
  const signature = sign('sha256', toBeSigned, signer);
  const whole = der(SEQUENCE, toBeSigned, ECDSA_WITH_SHA256, bits(signature));
  const lines = whole.toString('base64').match(/.{1,64}/g) ?? [];
  return ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join('\n');
}

const SEQUENCE = 0x30;

function der(tag: number, ...parts: readonly Buffer[]): Buffer {
  const body = Buffer.concat(parts);
  const { length } = body;
  const size = length < 128 ? [length] : length < 256 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...size]), body]);
}

/** Positive, whatever its first bit. */
const integer = (bytes: Buffer) => der(0x02, Buffer.concat([Buffer.from([0]), bytes]).subarray(startOf(bytes)));
const startOf = (bytes: Buffer) => ((bytes[0] ?? 0) < 0x80 ? 1 : 0);
const bits = (bytes: Buffer) => der(0x03, Buffer.from([0]), bytes);
const oid = (hex: string) => der(0x06, Buffer.from(hex, 'hex'));
const utcTime = (at: number) => {
  const digits = new Date(at).toISOString().replace(/\D/g, '').slice(2, 14);
  return der(0x17, Buffer.from(`${digits}Z`));
};
const nameOf = (text: string) => der(SEQUENCE, der(0x31, der(SEQUENCE, oid('550403'), der(0x0c, Buffer.from(text)))));

const ECDSA_WITH_SHA256 = der(SEQUENCE, oid('2a8648ce3d040302'));
const TRUE = Buffer.from([0x01, 0x01, 0xff]);
/** Critical: who may sign others. RFC 5280 §4.2.1.9 */
const CERTIFICATE_AUTHORITY = der(SEQUENCE, oid('551d13'), TRUE, der(0x04, der(SEQUENCE, TRUE)));
/** RFC 5280 §4.2.1.6 */
const ON_THIS_MACHINE = der(
  SEQUENCE,
  oid('551d11'),
  der(0x04, der(SEQUENCE, der(0x82, Buffer.from('localhost')), der(0x87, Buffer.from([127, 0, 0, 1])))),
);
