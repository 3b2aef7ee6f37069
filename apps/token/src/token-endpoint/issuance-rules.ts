import { Spend } from '@grantway/domain';
import { Issuance, isUuid } from '@grantway/grant-sdk';
import { ActClaim, DEEPEST_ACT_CHAIN, RESERVED_ACCESS_TOKEN_CLAIMS, TokenType } from '@grantway/protocol';
import { SPENDER } from './spender.js';
import { TokenContext } from './token-context.js';

/** A grant decided what no grant may. Known before anything is spent, it costs nobody a code. */
export class BrokenIssuance extends Error {
  override readonly name = 'BrokenIssuance';
}

/**
 * What holds for every issuance, whoever decided it (design section 5). Scope, audience and the standing of its subject
 * have steps of their own.
 * @throws BrokenIssuance
 */
export function checkIssuance(issuance: Issuance, context: Judged): void {
  const { type } = context.grant.options;
  for (const [rule, holds] of Object.entries(RULES)) {
    if (!holds(issuance, context)) throw new BrokenIssuance(`grant ${type}: ${rule}`);
  }
}

type Judged = Pick<TokenContext, 'client' | 'grant' | 'catalog'>;
type Rule = (issuance: Issuance, context: Judged) => boolean;

const RULES: Readonly<Record<string, Rule>> = {
  'it set a claim that is the pipeline’s': ({ claims = {} }) =>
    !Object.keys(claims).some((name) => RESERVED_ACCESS_TOKEN_CLAIMS.has(name)),

  'its subject is another client': ({ authorization: { subject } }, { client }) =>
    subject.kind !== 'client' || subject.id === client.id,

  // S7: a service account's tokens stand and fall with what is kept here.
  'it spoke for a service account': (issuance, { grant }) =>
    !grant.remote ||
    (issuance.authorization.subject.kind !== 'service_account' && issuance.serviceAccountVersion === undefined),

  // C2. Of a grant of ours LimitScope asks this, of what is asked for.
  'it allowed what needs a user': ({ authorization: { subject, scope } }, { grant, catalog }) =>
    !grant.remote || subject.kind === 'user' || ![...scope].some((token) => catalog.needsUser(token)),

  'it spends what is another grant’s': ({ spend }, { grant }) =>
    spend === undefined || isOwn(spend, grant.options.type),

  'its actors are no chain': ({ actor }) => actor === undefined || isChain(actor, DEEPEST_ACT_CHAIN),

  'its end is no date': ({ notAfter }) => notAfter === undefined || isDate(notAfter),

  'its authentication has no date': ({ authorization: { authentication } }) =>
    authentication === undefined || isDate(authentication.time),

  'its token type is unknown': ({ issuedTokenType }) =>
    issuedTokenType === undefined || Object.values(TokenType).includes(issuedTokenType),
};

function isOwn(spend: Spend, type: string): boolean {
  const [[kind, named] = [], ...more] = Object.entries(spend);
  if (more.length > 0 || SPENDER[kind as keyof typeof SPENDER] !== type) return false;
  return kind === 'refreshToken' || isUuid(named);
}

function isChain({ sub, act }: ActClaim, links: number): boolean {
  if (links === 0 || typeof sub !== 'string' || sub === '') return false;
  return act === undefined || isChain(act, links - 1);
}

function isDate(date: unknown): boolean {
  return date instanceof Date && !Number.isNaN(date.getTime());
}
