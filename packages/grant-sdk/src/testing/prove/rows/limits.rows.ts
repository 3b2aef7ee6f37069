import type { Resource } from '@grantway/domain';
import { RESERVED_ACCESS_TOKEN_CLAIMS, ScopeSet } from '@grantway/protocol';
import type { Issuance } from '../../../issuance.js';
import { BrokenIssuance, checkIssuance } from '../../../rules/issuance-rules.js';
import { checkAudiences } from '../../memory-endpoint.js';
import { brokenText, requireOrderly } from '../outcome.js';
import type { Row } from '../row.js';
import { UNREGISTERED_SCOPE } from '../stage.js';
import { NotApplicable, Seen } from '../verdicts.js';

export const WITHIN_REGISTRATION: Row = {
  id: 'registered-scope',
  name: 'authorizes nothing the client is not registered for',
  spec: 'RFC 6749 §3.3, TX-02',
  why: 'what is authorized is recorded, and may be handed out later though it is cut from this token.',
  fix: 'return the scope that was asked for or allowed; never add to it.',
  async prove(stage) {
    const { issuance, world } = await stage.decideGood();
    const beyond = issuance.authorization.scope.without(...world.client.scopes);
    if (beyond.size > 0)
      throw new Seen(`to the good request, it authorized ${beyond}, for which its client is not registered`);
  },
};

export const NARROWER_SCOPE: Row = {
  id: 'narrower-scope',
  name: 'gives no more scope than was asked for',
  spec: 'RFC 6749 §3.3, RT-05',
  why: 'a client that asks for less on purpose would hold, or refresh to, more than it wanted to be trusted with.',
  fix: 'where nothing was authorized before the request, authorize request.requestedScope and no more.',
  async prove(stage) {
    const { issuance } = await stage.decideGood();
    const [one, ...more] = issuance.authorization.scope;
    if (one === undefined || more.length === 0) throw new NotApplicable('the good request has one scope alone');
    const outcome = await (await stage.open()).redeem({ form: { scope: one } });
    requireOrderly(outcome, `asked for ${one} alone`);
    if (outcome.kind !== 'got') return;
    const { scope, issuance: narrow } = outcome.got;
    // What was authorized before, stays as it was (RFC 6749 §6); what comes of a refresh would not.
    const lasting = narrow.refreshToken && !narrow.spend ? narrow.authorization.scope : scope;
    const beyond = lasting.without(one);
    if (beyond.size > 0)
      throw new Seen(`asked for ${one} alone, it authorized ${beyond} as well, for refresh tokens to come`);
  },
};

export const STRANGE_SCOPE: Row = {
  id: 'strange-scope',
  name: 'authorizes no scope that is unknown or not the client’s',
  spec: 'TX-02, RT-05',
  why: 'asking would be enough to get it: now, or when the record is refreshed.',
  fix: 'never copy the requested scope into what is authorized by an artifact; the artifact says what it allows.',
  async prove(stage) {
    const { asking, issuance } = await stage.decideGood();
    const usual = asking.requestedScope ?? issuance.authorization.scope;
    for (const strange of [UNREGISTERED_SCOPE, 'kit:unknown', '__proto__']) {
      // What it always authorizes has a row of its own.
      if (issuance.authorization.scope.has(strange)) continue;
      for (const scope of [strange, `${usual} ${strange}`]) {
        const outcome = await (await stage.open()).redeem({ form: { scope } });
        requireOrderly(outcome, `asked for ${scope}`);
        if (outcome.kind === 'got' && outcome.got.issuance.authorization.scope.has(strange)) {
          throw new Seen(`asked for ${scope}, it authorized ${strange}`);
        }
      }
    }
  },
};

export const USERS_SCOPE: Row = {
  id: 'user-scope',
  name: 'gives what is a user’s to users alone',
  spec: 'C2, TX-03',
  why: 'a program would act as a person nobody knows, with rights that people give for themselves.',
  fix: 'refuse with invalid_scope where catalog.needsUser(scope) and the subject is no user.',
  async prove(stage) {
    const { issuance, asking } = await stage.decideGood();
    if (issuance.authorization.subject.kind === 'user') throw new NotApplicable('its subject is a user');
    requireNoUserScope(issuance, asking.catalog.resources, 'to the good request');
    const usual = asking.requestedScope ?? issuance.authorization.scope;
    for (const wanted of usersScopes(asking.catalog.resources)) {
      const outcome = await (await stage.open()).decide({ form: { scope: `${usual} ${wanted}` } });
      requireOrderly(outcome, `asked for ${wanted}`);
      if (outcome.kind === 'got')
        requireNoUserScope(outcome.got.issuance, asking.catalog.resources, `asked for ${wanted}`);
    }
  },
};

function usersScopes(resources: readonly Resource[]): string[] {
  return [
    'openid',
    'offline_access',
    ...resources.flatMap(({ scopes }) => scopes.filter((it) => it.userOnly).map((it) => it.name)),
  ];
}

function requireNoUserScope({ authorization }: Issuance, resources: readonly Resource[], when: string): void {
  const beyond = authorization.scope.intersect(ScopeSet.from(usersScopes(resources)));
  if (beyond.size > 0) throw new Seen(`${when}, it authorized ${beyond} for a ${authorization.subject.kind}`);
}

export const RESERVED_CLAIMS: Row = {
  id: 'reserved-claims',
  name: 'sets no claim that is the token service’s to set',
  spec: 'RFC 9068 §2.2, design §5',
  why: 'resources trust these claims to say who the subject is and what the token may do.',
  fix: 'give the claim a name of your own; subject, scope, audience and end have fields of their own in Issuance.',
  async prove(stage) {
    const { issuance } = await stage.decideGood();
    const reserved = Object.keys(issuance.claims ?? {}).find((name) => RESERVED_ACCESS_TOKEN_CLAIMS.has(name));
    if (reserved !== undefined) throw new Seen(`to the good request, it set the claim ${reserved}`);
  },
};

export const LAWFUL: Row = {
  id: 'lawful',
  name: 'keeps the other rules of an issuance',
  spec: 'design §5',
  why: 'the token service refuses the whole decision: 503 to the client, an error in its log.',
  fix: 'audiences are clients of this environment; actors, dates and artifacts are as Issuance says.',
  async prove(stage) {
    const { issuance, asking, world } = await stage.decideGood();
    const { client, catalog } = asking;
    try {
      checkIssuance(withoutOtherRows(issuance), {
        client,
        catalog,
        type: stage.declared.type,
        remote: stage.overTheWire,
      });
      if (stage.overTheWire) checkAudiences(issuance, [world.client, world.other]);
    } catch (error) {
      if (error instanceof BrokenIssuance) throw new Seen(`to the good request, ${brokenText(error)}`);
      throw error;
    }
    if (issuance.notAfter && issuance.notAfter.getTime() < Date.now() + 1_000) {
      throw new Seen(
        'to the good request, it answered with a token that has ended already',
        'refuse what has ended with invalid_grant; `notAfter` is in the future, or not there.',
      );
    }
  },
};

/** What has a row of its own is not told twice. */
function withoutOtherRows({ claims = {}, authorization, ...rest }: Issuance): Issuance {
  const own = Object.entries(claims).filter(([name]) => !RESERVED_ACCESS_TOKEN_CLAIMS.has(name));
  return { ...rest, claims: Object.fromEntries(own), authorization: { ...authorization, scope: ScopeSet.EMPTY } };
}
