import { OAuthError } from '@grantway/protocol';
import { REMOTE_ERRORS } from '../../remote/decide-reply.js';
import { Malformed } from '../../remote/shape.js';
import { BrokenIssuance } from '../../rules/issuance-rules.js';
import type { Answered, Decision } from '../memory-endpoint.js';
import { Seen } from './verdicts.js';

/** What came of one try, at the grant or at the whole endpoint. */
export type Outcome<Got> =
  | { readonly kind: 'got'; readonly got: Got }
  /** A verdict: an error the client is told. */
  | { readonly kind: 'refused'; readonly error: OAuthError }
  /** A decision the token service would not take. `known`: for what is wrong with its answer to the good request as well. */
  | { readonly kind: 'broken'; readonly error: Error; readonly known?: boolean }
  /** No decision, no verdict. */
  | { readonly kind: 'threw'; readonly error: unknown }
  | { readonly kind: 'silent'; readonly milliseconds: number };

export type Decided = Outcome<Decision>;
export type Redeemed = Outcome<Answered>;

/** Waits for an outcome, at most so long. */
export async function outcomeOf<Got>(milliseconds: number, attempt: () => Promise<Got>): Promise<Outcome<Got>> {
  let timer: NodeJS.Timeout | undefined;
  const silence = new Promise<Outcome<Got>>((resolve) => {
    timer = setTimeout(() => resolve({ kind: 'silent', milliseconds }), milliseconds);
  });
  // In a turn of its own, so that what throws at once is caught as well.
  const answer = Promise.resolve()
    .then(attempt)
    .then((got): Outcome<Got> => ({ kind: 'got', got }), failed);
  try {
    return await Promise.race([answer, silence]);
  } finally {
    clearTimeout(timer);
  }
}

function failed(error: unknown): Outcome<never> {
  if (OAuthError.is(error)) return { kind: 'refused', error };
  if (error instanceof Malformed || error instanceof BrokenIssuance) return { kind: 'broken', error };
  return { kind: 'threw', error };
}

/** For a report: what happened, in a few words. */
export function told(outcome: Outcome<unknown>): string {
  switch (outcome.kind) {
    case 'got':
      return 'it was granted';
    case 'refused':
      return `it was refused with ${outcome.error.code}`;
    case 'broken':
      return brokenText(outcome.error);
    case 'threw':
      return `it threw ${errorText(outcome.error)}`;
    case 'silent':
      return `no answer within ${outcome.milliseconds} ms`;
  }
}

export const LIMIT_TIME =
  'give every call the grant makes a time limit below GRANT_TIMEOUT_MS, and throw when it is over.';

/** The outcomes a grant may have whatever it is sent: granted, or refused with an error that is its to say. */
export function requireOrderly(outcome: Outcome<unknown>, when: string): void {
  if (isGrant(outcome)) return;
  if (outcome.kind === 'silent') throw new Seen(`${when}: ${told(outcome)}`, LIMIT_TIME);
  if (outcome.kind !== 'refused') throw new Seen(`${when}: ${told(outcome)}`);
  const { code } = outcome.error;
  if (!REMOTE_ERRORS.includes(code)) {
    const fix = `throw one of ${REMOTE_ERRORS.slice(0, 3).join(', ')}, …; for trouble of your own let any other error out.`;
    throw new Seen(`${when}: it refused with ${code}, which is not a grant’s to say`, fix);
  }
}

/** Refused, by an error that is a grant's to say. */
export function requireRefused(outcome: Outcome<unknown>, when: string): void {
  requireOrderly(outcome, when);
  if (isGrant(outcome)) throw new Seen(`${when}: it was granted`);
}

/** It would have granted; what else is wrong with its answers has a row of its own. */
export function isGrant(outcome: Outcome<unknown>): boolean {
  return outcome.kind === 'got' || (outcome.kind === 'broken' && outcome.known === true);
}

/** What a broken answer says of itself, without whose it is. */
export function brokenText({ message }: Error): string {
  const [, rule = message] = /^grant \S+: (.*)$/.exec(message) ?? [];
  const more = rule === 'reply is malformed' ? ' (control characters, forbidden names, too large or too deep)' : '';
  return rule.endsWith('is malformed') ? `it answered what the contract cannot carry: ${rule}${more}` : rule;
}

function errorText(error: unknown): string {
  const text = error instanceof Error ? `${error.name}: ${error.message}` : `${typeof error} ${String(error)}`;
  const [line = ''] = text.split('\n');
  return line.length > 120 ? `${line.slice(0, 120)}…` : line;
}
