import { createPrivateKey, createPublicKey, type KeyObject, sign } from 'node:crypto';

// NATS' nkeys from their description, and not by the library the services use.

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
const USER = 20 << 3;
const PKCS8_ED25519 = Buffer.from('302e020100300506032b657004220420', 'hex');

/** What a client says of itself to a server that sent it `nonce`. */
export function credentials(seed: string, nonce: string): { nkey: string; sig: string } {
  const key = privateKey(seed);
  return { nkey: publicName(key), sig: sign(null, Buffer.from(nonce), key).toString('base64url') };
}

/** A seed holds two bytes that say what it is, 32 of the key, and two to check them by. */
function privateKey(seed: string): KeyObject {
  const raw = fromBase32(seed).subarray(2, 34);
  return createPrivateKey({ key: Buffer.concat([PKCS8_ED25519, raw]), format: 'der', type: 'pkcs8' });
}

function publicName(key: KeyObject): string {
  const { x = '' } = createPublicKey(key).export({ format: 'jwk' });
  const body = Buffer.concat([Buffer.of(USER), Buffer.from(x, 'base64url')]);
  const check = Buffer.alloc(2);
  check.writeUInt16LE(crc16(body));
  return toBase32(Buffer.concat([body, check]));
}

function fromBase32(text: string): Buffer {
  const bits = [...text].map((letter) => ALPHABET.indexOf(letter).toString(2).padStart(5, '0')).join('');
  return Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)));
}

function toBase32(bytes: Buffer): string {
  const bits = [...bytes].map((byte) => byte.toString(2).padStart(8, '0')).join('');
  return (bits.match(/.{5}/g) ?? []).map((five) => ALPHABET[Number.parseInt(five, 2)]).join('');
}

/** CRC-16/XMODEM. */
function crc16(bytes: Buffer): number {
  let crc = 0;
  for (const byte of bytes) {
    crc ^= byte << 8;
    for (let bit = 0; bit < 8; bit++) crc = ((crc << 1) ^ (crc & 0x8000 ? 0x1021 : 0)) & 0xffff;
  }
  return crc;
}
