import { Endpoint, HttpCall } from '@grantway/contracts';
import { isStorable } from '@grantway/protocol';
import { MalformedParams, readParams } from './strict-params.js';

/** What a request brings beside its headers. */
export type RequestContent = Pick<HttpCall, 'query' | 'form' | 'action' | 'json'>;

/** The body is of another kind than the endpoint takes; the message says which it does. */
export class WrongMediaType extends Error {}

const FORM = /^application\/x-www-form-urlencoded(?: *; *charset=utf-8)?$/i;
const ACTION = /^application\/vnd\.pingidentity\.([A-Za-z.]{1,64})\+json(?: *; *charset=utf-8)?$/i;
const DEEPEST = 16;
const UTF8 = new TextDecoder('utf-8', { fatal: true });

/**
 * @throws WrongMediaType
 * @throws MalformedParams
 */
export function readBody(kind: Endpoint['body'], mediaType: string, body: Buffer | undefined): Partial<RequestContent> {
  if (kind === 'action') {
    const action = ACTION.exec(mediaType)?.[1];
    if (action === undefined) {
      throw new WrongMediaType('the body must be application/vnd.pingidentity.<action>+json, which names what to do');
    }
    return { action, json: readObject(body) };
  }
  if (body === undefined || body.length === 0) return {};
  if (kind !== 'form' || !FORM.test(mediaType)) {
    throw new WrongMediaType('the body must be application/x-www-form-urlencoded');
  }
  return { form: readParams(body) };
}

/** An empty body is an empty object: some actions need nothing. */
function readObject(body: Buffer | undefined): Record<string, unknown> {
  if (body === undefined || body.length === 0) return {};
  let value: unknown;
  try {
    value = JSON.parse(UTF8.decode(body));
  } catch {
    throw new MalformedParams('the body is not JSON');
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new MalformedParams('the body is not a JSON object');
  }
  requireTame(value, 0);
  return value as Record<string, unknown>;
}

/** HT-01: neither deep nor with a name that could reach a prototype. */
function requireTame(value: unknown, depth: number): void {
  if (depth > DEEPEST) throw new MalformedParams(`the body nests more than ${DEEPEST} deep`);
  if (typeof value === 'string') requireStorable(value);
  if (typeof value !== 'object' || value === null) return;
  for (const [name, member] of Object.entries(value)) {
    if (name === '__proto__' || name === 'constructor' || name === 'prototype') {
      throw new MalformedParams(`the body has a member named ${name}`);
    }
    requireStorable(name);
    requireTame(member, depth + 1);
  }
}

function requireStorable(text: string): void {
  if (!isStorable(text)) throw new MalformedParams('the body holds a NUL, or half of a surrogate pair');
}
