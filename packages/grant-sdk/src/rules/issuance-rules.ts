import { Client, ResourceCatalog } from '@grantway/domain';
import { ActClaim, DEEPEST_ACT_CHAIN, GrantType, RESERVED_ACCESS_TOKEN_CLAIMS, TokenType } from '@grantway/protocol';
import { Issuance, Once, Spend } from '../issuance.js';
import { isText, isUuid } from '../remote/shape.js';
import { maySpend } from './spender.js';

/** A grant decided what no grant may. Known before anything is spent, it costs nobody a code. */
export class BrokenIssuance extends Error {
  override readonly name = 'BrokenIssuance';
}

/**
 * What holds for every issuance, whoever decided it (design section 5). Scope, audience and the standing of its subject
 * have steps of their own.
 * @throws BrokenIssuance
 */
export function checkIssuance(issuance: Issuance, judged: Judged): void {
  for (const [rule, holds] of ALL_RULES) {
    if (!holds(issuance, judged)) throw new BrokenIssuance(`grant ${judged.type}: ${rule}`);
  }
}

/** Whose issuance is looked at. */
export interface Judged {
  /** The grant type. */
  readonly type: string;
  /** Whether it was decided in another process, which is believed less. */
  readonly remote: boolean;
  readonly client: Client;
  readonly catalog: ResourceCatalog;
}

type Rule = (issuance: Issuance, judged: Judged) => boolean;

/** What a refresh would silently take away. */
const REFRESHED_WITHOUT = ['notAfter', 'claims', 'actor', 'audiences'] as const;

/** Milliseconds: as long as we remember what was spent, and clocks that are a little apart. */
const LATEST_END = 86_400_000 + 60_000;

/** A grant of ours that may run apart from the token service, and still say what only we know (adr/0001). */
const OURS_ANYWHERE: readonly string[] = [GrantType.TokenExchange];

const RULES: Readonly<Record<string, Rule>> = {
  'it set a claim that is the pipeline’s': ({ claims = {} }) =>
    !Object.keys(claims).some((name) => RESERVED_ACCESS_TOKEN_CLAIMS.has(name)),

  'its subject is another client': ({ authorization: { subject } }, { client }) =>
    subject.kind !== 'client' || subject.id === client.id,

  // S7: a service account's tokens stand and fall with what is kept here.
  'it spoke for a service account': (issuance, { remote, type }) =>
    !remote ||
    OURS_ANYWHERE.includes(type) ||
    (issuance.authorization.subject.kind !== 'service_account' && issuance.serviceAccountVersion === undefined),

  'it named what it was derived from': ({ derivedFrom }, { remote, type }) =>
    derivedFrom === undefined || !remote || OURS_ANYWHERE.includes(type),

  // C2. Of a grant of ours LimitScope asks this, of what is asked for.
  'it allowed what needs a user': ({ authorization: { subject, scope } }, { remote, catalog }) =>
    !remote || subject.kind === 'user' || ![...scope].some((token) => catalog.needsUser(token)),

  'it spends what is another grant’s': ({ spend }, { type }) => spend === undefined || isOwn(spend, type),

  'its artifact ends more than a day ahead, or before time began': ({ spend }) =>
    spend === undefined || !('once' in spend) || isSoon(spend.once.until),

  // What is refreshed has neither its claims nor its end, and lives on until somebody changes the password that proved them.
  'it allows a refresh token for what cannot be refreshed': ({ refreshToken, authorization, ...more }) =>
    refreshToken !== true ||
    authorization.subject.kind !== 'user' ||
    (authorization.authentication !== undefined && REFRESHED_WITHOUT.every((part) => isNothing(more[part]))),

  'its actors are no chain': ({ actor }) => actor === undefined || isChain(actor, DEEPEST_ACT_CHAIN),

  'its end is no date': ({ notAfter }) => notAfter === undefined || isDate(notAfter),

  'its authentication has no date': ({ authorization: { authentication } }) =>
    authentication === undefined || isDate(authentication.time),

  'its token type is unknown': ({ issuedTokenType }) =>
    issuedTokenType === undefined || Object.values(TokenType).includes(issuedTokenType),
};

const ALL_RULES = Object.entries(RULES);

function isOwn(spend: Spend, type: string): boolean {
  const [[kind, named] = [], ...more] = Object.entries(spend);
  if (more.length > 0 || kind === undefined || !maySpend(type, kind)) return false;
  if (kind === 'once') return isOnce(named);
  return kind === 'refreshToken' || isUuid(named);
}

function isOnce({ id, until }: Partial<Once>): boolean {
  return isText(255)(id) && id !== '' && isDate(until);
}

function isNothing(part: object | undefined): boolean {
  return part === undefined || (!(part instanceof Date) && Object.keys(part).length === 0);
}

function isSoon(until: Date): boolean {
  return until.getTime() > 0 && until.getTime() <= Date.now() + LATEST_END;
}

function isChain({ sub, act }: ActClaim, links: number): boolean {
  if (links === 0 || typeof sub !== 'string' || sub === '') return false;
  return act === undefined || isChain(act, links - 1);
}

function isDate(date: unknown): boolean {
  return date instanceof Date && !Number.isNaN(date.getTime());
}
