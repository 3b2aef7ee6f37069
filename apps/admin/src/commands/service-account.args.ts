import { parseArgs } from 'node:util';

/** What was called is not how the command is called; exit 2. */
export class WrongCall extends Error {
  override readonly name = 'WrongCall';
}

export const VERBS = ['create', 'list', 'update', 'regenerate', 'disable', 'enable', 'delete'] as const;
export type Verb = (typeof VERBS)[number];

/** What an operator says of an account; what they leave out stays as it is, and an empty list clears. */
export interface AccountWords {
  readonly name?: string;
  readonly description?: string;
  readonly client?: string;
  readonly scopes?: readonly string[];
  readonly bindings?: readonly string[];
  /** Seconds. */
  readonly lifetime?: number;
}

export interface ServiceAccountCall {
  readonly verb: Verb;
  readonly environmentId: string;
  /** Every verb but `list` has one. */
  readonly id: string;
  readonly words: AccountWords;
}

type Option = 'name' | 'description' | 'client' | 'scopes' | 'bindings' | 'days';

const OPTIONS: Readonly<Record<Verb, readonly Option[]>> = {
  create: ['client', 'scopes', 'bindings', 'name', 'description', 'days'],
  list: ['client'],
  update: ['client', 'scopes', 'bindings', 'name', 'description'],
  regenerate: ['days'],
  disable: [],
  enable: [],
  delete: [],
};

const MEANINGS: Readonly<Record<Option, string>> = {
  client: '--client CLIENT',
  scopes: '--scopes SCOPE,…',
  bindings: '--bindings CLIENT,…',
  name: '--name NAME',
  description: '--description TEXT',
  days: '--days DAYS',
};

const DAY = 86_400;
/** A year, and at most five: what nobody ever rotates is forgotten, and then found. */
const DEFAULT_DAYS = 365;
const MOST_DAYS = 1_826;

/** How each verb is called. */
export const serviceAccountUsages = (): string[] => VERBS.map(usageOf);

/** @throws WrongCall */
export function readCall([word, ...rest]: readonly string[]): ServiceAccountCall {
  const verb = VERBS.find((known) => known === word);
  if (!verb) throw new WrongCall(['npm run grantway -- service-account …', ...serviceAccountUsages()].join('\n  '));
  const { values, positionals } = parsed(verb, rest);
  const [environmentId, id = '', ...more] = positionals;
  const complete = verb === 'list' ? id === '' : id !== '';
  if (!environmentId || !complete || more.length > 0) throw new WrongCall(callOf(verb));
  return { verb, environmentId, id, words: wordsOf(verb, values) };
}

function parsed(verb: Verb, args: readonly string[]) {
  const options = Object.fromEntries(OPTIONS[verb].map((name) => [name, { type: 'string' as const }]));
  try {
    return parseArgs({ args: [...args], options, allowPositionals: true, strict: true });
  } catch {
    throw new WrongCall(callOf(verb));
  }
}

function wordsOf(verb: Verb, values: Readonly<Record<string, unknown>>): AccountWords {
  const said = values as Partial<Record<Option, string>>;
  return {
    ...(said.name !== undefined && { name: said.name }),
    ...(said.description !== undefined && { description: said.description }),
    ...(said.client !== undefined && { client: said.client }),
    ...(said.scopes !== undefined && { scopes: listOf(said.scopes) }),
    ...(said.bindings !== undefined && { bindings: listOf(said.bindings) }),
    ...(OPTIONS[verb].includes('days') && { lifetime: daysOf(said.days) * DAY }),
  };
}

function listOf(text: string): string[] {
  return [...new Set(text.split(/[\s,]+/).filter(Boolean))];
}

function daysOf(text = String(DEFAULT_DAYS)): number {
  const days = /^[1-9]\d{0,3}$/.test(text) ? Number(text) : 0;
  if (days < 1 || days > MOST_DAYS) throw new WrongCall(`--days takes a whole number from 1 to ${MOST_DAYS}`);
  return days;
}

function callOf(verb: Verb): string {
  return `npm run grantway -- service-account ${usageOf(verb)}`;
}

function usageOf(verb: Verb): string {
  const required = verb === 'create' ? ['client', 'scopes'] : [];
  const options = OPTIONS[verb].map((name) => (required.includes(name) ? MEANINGS[name] : `[${MEANINGS[name]}]`));
  return [verb, 'ENVIRONMENT', ...(verb === 'list' ? [] : ['ID']), ...options].join(' ');
}
