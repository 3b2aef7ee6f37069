import type { BenchClient } from '../installation.js';
import type { Question, Reply } from '../load/connection.js';

const FORM = { 'content-type': 'application/x-www-form-urlencoded' };

/** What an application sends when it proves itself with its secret (RFC 6749 §2.3.1). */
export function basic({ id, secret }: BenchClient): { authorization: string } {
  return { authorization: `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}` };
}

export function formPost(url: string, client: BenchClient, form: Readonly<Record<string, string>>): Question {
  const body = new URLSearchParams(form).toString();
  return { method: 'POST', url, headers: { ...FORM, ...basic(client) }, body };
}

/** @throws Error with the answer when it has another status */
export function expectStatus(reply: Reply, status: number): Reply {
  if (reply.status !== status) throw new Error(`${reply.status} in place of ${status}: ${reply.text.slice(0, 300)}`);
  return reply;
}

/** The members of a JSON answer. @throws Error with the answer when one of them is not there */
export function textsOf<const Names extends readonly string[]>(
  reply: Reply,
  ...names: Names
): { readonly [Name in Names[number]]: string } {
  const body = JSON.parse(reply.text) as { readonly [Name in Names[number]]: string };
  const missing = names.find((name) => typeof body[name as Names[number]] !== 'string');
  if (missing !== undefined) throw new Error(`no ${missing} in ${reply.status} ${reply.text.slice(0, 300)}`);
  return body;
}
