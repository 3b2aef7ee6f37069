import { parseArgs } from 'node:util';
import { SigningAlgorithm } from '@grantway/domain';
import { WrongCall } from './service-account.args.js';

const CALLS = {
  list: 'list ENVIRONMENT',
  rotate: 'rotate ENVIRONMENT [--algorithm ES256|RS256]',
  remove: 'remove ENVIRONMENT KID --yes',
} as const;

const ALGORITHMS: readonly SigningAlgorithm[] = ['ES256', 'RS256'];

/** What an operator wants of an environment's keys. */
export type KeysCall =
  | { readonly verb: 'list'; readonly environmentId: string }
  | { readonly verb: 'rotate'; readonly environmentId: string; readonly algorithm?: SigningAlgorithm }
  | { readonly verb: 'remove'; readonly environmentId: string; readonly kid: string };

/** How each verb is called. */
export const keysUsages = (): string[] => Object.values(CALLS);

/** @throws WrongCall */
export function readKeysCall([word, ...rest]: readonly string[]): KeysCall {
  const verb = (Object.keys(CALLS) as (keyof typeof CALLS)[]).find((known) => known === word);
  if (!verb) throw new WrongCall(['npm run grantway -- keys …', ...keysUsages()].join('\n  '));
  const { values, positionals } = parsed(verb, rest);
  const [environmentId, kid = '', ...more] = positionals;
  const isComplete = verb === 'remove' ? kid !== '' : kid === '';
  if (!environmentId || !isComplete || more.length > 0) throw wrong(verb);
  if (verb === 'list') return { verb, environmentId };
  if (verb === 'rotate') return { verb, environmentId, ...algorithmOf(values.algorithm) };
  if (!values.yes) {
    throw new WrongCall(`Whatever ${kid} signed is worthless from then on. If that is meant: ${callOf(verb)}`);
  }
  return { verb, environmentId, kid };
}

function parsed(verb: keyof typeof CALLS, args: readonly string[]) {
  try {
    // A kid may begin with a hyphen, which is an option to whoever does not know.
    const positionals = args.filter((arg) => isKid(arg));
    const others = args.filter((arg) => !isKid(arg));
    const options = { algorithm: { type: 'string' }, yes: { type: 'boolean' } } as const;
    const read = parseArgs({ args: others, options, allowPositionals: true, strict: true });
    const allowed = { list: [], rotate: ['algorithm'], remove: ['yes'] }[verb];
    if (Object.keys(read.values).some((name) => !allowed.includes(name as never))) throw wrong(verb);
    return { values: read.values, positionals: [...read.positionals, ...positionals] };
  } catch {
    throw wrong(verb);
  }
}

/** RFC 7638 with SHA-256, in base64url. */
function isKid(arg: string): boolean {
  return /^[A-Za-z0-9_-]{43}$/.test(arg);
}

function algorithmOf(said: string | undefined): { algorithm?: SigningAlgorithm } {
  if (said === undefined) return {};
  const algorithm = ALGORITHMS.find((known) => known === said);
  if (!algorithm) throw wrong('rotate');
  return { algorithm };
}

function wrong(verb: keyof typeof CALLS): WrongCall {
  return new WrongCall(callOf(verb));
}

function callOf(verb: keyof typeof CALLS): string {
  return `npm run grantway -- keys ${CALLS[verb]}`;
}
