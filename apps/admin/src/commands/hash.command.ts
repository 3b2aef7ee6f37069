import { createHash } from 'node:crypto';
import type { Command } from './command.js';

/** What the command was given makes no sense; the message is complete. */
export class BadInput extends Error {
  override readonly name = 'BadInput';
}

export const HASH_SECRET: Command = {
  name: 'hash-secret',
  meaning: "read a client's secret on standard input, print what secretHash takes",
  async run(_argument, _env, say) {
    const { clientSecretFault } = await import('../environment-file/sections/secrets.js');
    const secret = await readSecret();
    const fault = clientSecretFault(secret);
    if (fault !== undefined) throw new BadInput(`the secret ${fault}`);
    say(`sha256:${createHash('sha256').update(secret).digest('base64url')}`);
  },
};

export const HASH_PASSWORD: Command = {
  name: 'hash-password',
  meaning: 'read a password on standard input, print what passwordHash takes',
  async run(_argument, _env, say) {
    const password = await readSecret();
    const { hashPassword } = await import('@grantway/persistence');
    say(await hashPassword(password));
  },
};

/** Not an argument: those show in the process list. The line break a pipe or a person ends with is not part of it. */
async function readSecret(): Promise<string> {
  const typed = process.stdin.isTTY ? await readUnseen() : await readPipe();
  const secret = typed.replace(/\r?\n$/, '');
  if (secret === '') throw new BadInput('nothing came on standard input');
  return secret;
}

async function readPipe(): Promise<string> {
  const { text } = await import('node:stream/consumers');
  return text(process.stdin);
}

/** A line of the terminal, without showing it. */
async function readUnseen(): Promise<string> {
  const { createInterface } = await import('node:readline/promises');
  const { Writable } = await import('node:stream');
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  process.stderr.write('Type it, then Enter (it is not shown): ');
  const terminal = createInterface({ input: process.stdin, output: nowhere, terminal: true });
  try {
    return await terminal.question('');
  } finally {
    terminal.close();
    process.stderr.write('\n');
  }
}
