import { createHash } from 'node:crypto';
import { text as readAll } from 'node:stream/consumers';
import { Command } from './command.js';

/** What the command was given makes no sense; the message is complete. */
export class BadInput extends Error {
  override readonly name = 'BadInput';
}

export const HASH_SECRET: Command = {
  name: 'hash-secret',
  meaning: "read a client's secret on standard input, print what secretHash takes",
  async run() {
    return `sha256:${createHash('sha256').update(await secretFromInput()).digest('base64url')}`;
  },
};

export const HASH_PASSWORD: Command = {
  name: 'hash-password',
  meaning: 'read a password on standard input, print what passwordHash takes',
  async run() {
    const { hashPassword } = await import('@grantway/persistence');
    return hashPassword(await secretFromInput());
  },
};

/** Not an argument: those show in the process list. */
async function secretFromInput(): Promise<string> {
  const secret = (await readAll(process.stdin)).replace(/\r?\n$/, '');
  if (secret === '') throw new BadInput('nothing came on standard input');
  return secret;
}
