import {
  type Client,
  DefaultTokenExchangePolicy,
  type ExchangedToken,
  ExchangedTokens,
  type MayAct,
  type TokenExchange,
  TokenExchangePolicy,
} from '@grantway/domain';
import { grantOptions, type Issuance } from '@grantway/grant-sdk';
import { type ActClaim, OAuthError, ScopeSet, TokenType } from '@grantway/protocol';
import { aClient, anAuthentication, aUser, grantHarness } from '@grantway/testing';
import { TokenExchangeGrant } from './token-exchange.grant.js';

const backend = aClient({ id: 'backend', exchange: { impersonation: true }, scopes: ['openid', 'orders:read'] });
const shop = aClient({ exchange: { impersonation: false, allowedDelegators: ['backend'] } });
const ISSUER = 'https://login.example/acme/as';

function aToken(changes: Partial<ExchangedToken> = {}): ExchangedToken {
  return {
    type: TokenType.AccessToken,
    subject: { kind: 'user', id: 'user-alice' },
    sub: 'user-alice',
    iss: ISSUER,
    client: shop,
    scope: ScopeSet.of('openid', 'offline_access', 'orders:read', 'orders:place'),
    audiences: ['https://orders.example'],
    expiresAt: new Date('2026-12-01T12:00:00Z'),
    authentication: anAuthentication(),
    authorizationId: 'authorization-1',
    ...changes,
  };
}

const actorToken = aToken({ sub: 'backend', subject: { kind: 'client', id: 'backend' }, client: backend });

interface Shown {
  readonly client?: Client;
  readonly policy?: TokenExchangePolicy;
  readonly scope?: string;
  readonly resources?: readonly string[];
  readonly form?: Readonly<Record<string, string | undefined>>;
  readonly consents?: string;
}

/** One exchange of these tokens by `backend`. */
async function exchange(
  subject: Partial<ExchangedToken> | undefined,
  actor?: Partial<ExchangedToken>,
  shown: Shown = {},
) {
  const known = new Map<string, ExchangedToken>();
  if (subject) known.set('subject', aToken(subject));
  if (actor) known.set('actor', { ...actorToken, ...actor });
  const tokens: ExchangedTokens = {
    read: async (_environment, token, type) => {
      const found = known.get(token);
      return found && { ...found, type };
    },
  };
  const provide = new Map<unknown, unknown>([
    [ExchangedTokens, tokens],
    [TokenExchangePolicy, shown.policy ?? new DefaultTokenExchangePolicy()],
  ]);
  const harness = await grantHarness(TokenExchangeGrant, { provide, client: shown.client ?? backend });
  if (subject?.subject?.kind === 'user') harness.stores.users.add(aUser({ id: subject.subject.id }));
  if (shown.consents) {
    await harness.stores.consents.remember('acme', 'user-alice', 'shop', ScopeSet.parse(shown.consents) as ScopeSet);
  }
  const form: Record<string, string | undefined> = {
    subject_token: 'subject',
    subject_token_type: TokenType.AccessToken,
    ...(actor && { actor_token: 'actor', actor_token_type: TokenType.AccessToken }),
    ...shown.form,
  };
  const sent = Object.entries(form).filter((entry): entry is [string, string] => entry[1] !== undefined);
  const { issuance } = await harness.token(Object.fromEntries(sent), {
    ...(shown.scope !== undefined && { scope: ScopeSet.parse(shown.scope) as ScopeSet }),
    ...(shown.resources && { resources: shown.resources }),
  });
  return issuance;
}

const refusal = (description: string, reason: string) => ({
  code: 'invalid_request',
  detail: { description, reason: `token_exchange.${reason}` },
});
const NOT_VALID = 'the subject_token or the actor_token is not valid';
const by = (sub: string, act?: ActClaim): ActClaim => ({ sub, iss: ISSUER, client_id: sub, ...(act && { act }) });
const scopeOf = (issuance: Issuance) => issuance.authorization.scope.toArray();

describe('token exchange, RFC 8693', () => {
  it('T8 impersonation: the subject, with nobody beside it; it ends with what it came of', async () => {
    expect(await exchange({})).toEqual({
      authorization: {
        subject: { kind: 'user', id: 'user-alice' },
        scope: ScopeSet.of('orders:read'),
        resources: [],
        authentication: anAuthentication(),
      },
      derivedFrom: 'authorization-1',
      notAfter: new Date('2026-12-01T12:00:00Z'),
      issuedTokenType: TokenType.AccessToken,
    });
  });

  it('R10 no refresh token, nothing to spend', async () => {
    const { refreshToken, spend } = await exchange({});
    expect([refreshToken, spend]).toEqual([undefined, undefined]);
  });

  describe('T1 T3 what is asked', () => {
    it.each([
      ['no subject_token', { subject_token: undefined }, 'subject_token is missing'],
      ['no subject_token_type', { subject_token_type: undefined }, 'subject_token_type is missing'],
      ['an unknown subject_token_type', { subject_token_type: 'urn:x' }, 'subject_token_type is not supported'],
      ['a refresh token', { subject_token_type: TokenType.RefreshToken }, 'subject_token_type is not supported'],
      ['a type in capitals', { subject_token_type: 'URN:IETF:X' }, 'subject_token_type is not supported'],
      ['an actor_token without type', { actor_token: 'actor' }, 'actor_token and actor_token_type go together'],
      [
        'an actor_token_type without token',
        { actor_token_type: TokenType.AccessToken },
        'actor_token and actor_token_type go together',
      ],
      [
        'an unknown actor_token_type',
        { actor_token: 'actor', actor_token_type: 'urn:x' },
        'actor_token_type is not supported',
      ],
      ['T3 an ID token', { requested_token_type: TokenType.IdToken }, 'requested_token_type is not supported'],
      ['T3 a refresh token', { requested_token_type: TokenType.RefreshToken }, 'requested_token_type is not supported'],
      ['TX-05 a subject_token too long', { subject_token: 'x'.repeat(16_385) }, 'subject_token is too long'],
      [
        'TX-05 an actor_token too long',
        { actor_token: 'x'.repeat(16_385), actor_token_type: TokenType.AccessToken },
        'actor_token is too long',
      ],
    ])('T1 %s', async (_what, form, description) => {
      await expect(exchange({}, undefined, { form })).rejects.toMatchObject({
        code: 'invalid_request',
        detail: { description },
      });
    });

    it.each([TokenType.AccessToken, TokenType.IdToken, TokenType.Jwt])('T1 %s may be shown', async (type) => {
      const form = { subject_token_type: type, actor_token_type: type };
      await expect(exchange({}, {}, { form, consents: 'orders:read' })).resolves.toBeDefined();
    });

    it('T3 an access token may be asked for by its name', async () => {
      const form = { requested_token_type: TokenType.AccessToken };
      expect((await exchange({}, undefined, { form })).issuedTokenType).toBe(TokenType.AccessToken);
    });
  });

  describe('T2 T9 whose token it is', () => {
    it.each([
      ['T2 a subject token that is not live here', undefined, undefined, 'token_invalid'],
      [
        'TX-04 CVE-2026-56668 a token of an unrelated client',
        { client: aClient({ id: 'x' }) },
        undefined,
        'not_delegated',
      ],
      [
        'T9 a client that lists others',
        { client: aClient({ id: 'x', exchange: { impersonation: true, allowedDelegators: ['y'] } }) },
        undefined,
        'not_delegated',
      ],
      ['T9 an actor token of an unrelated client', {}, { client: aClient({ id: 'x' }) }, 'not_delegated'],
      ['TX-06 an actor who is acted for', {}, { act: by('hidden') }, 'actor_delegated'],
      [
        'T8 another client’s own token, though its users’ may be exchanged',
        { subject: { kind: 'client', id: 'shop' }, sub: 'shop' },
        undefined,
        'not_its_own',
      ],
      [
        'T8 another client’s own token as the actor’s',
        {},
        { subject: { kind: 'client', id: 'shop' }, sub: 'shop', client: shop },
        'not_its_own',
      ],
    ] as const)('%s: one answer', async (_what, subject, actor, reason) => {
      await expect(exchange(subject, actor)).rejects.toMatchObject(refusal(NOT_VALID, reason));
    });

    it('T9 a token that was issued to the client itself', async () => {
      await expect(exchange({ client: backend })).resolves.toBeDefined();
    });

    it.each([
      ['a person', { mayAct: { sub: 'user-alice' } }, aToken()],
      ['a person, with a token of the client itself', { client: backend }, aToken({ client: backend })],
      ['the client', actorToken, actorToken],
    ])('TX-06 %s does not act for themselves', async (_who, subject, actor) => {
      const client = aClient({ ...backend, exchange: { impersonation: false } });
      await expect(exchange(subject, actor, { client })).rejects.toMatchObject(
        refusal('the actor_token is of the subject itself', 'actor_is_subject'),
      );
    });

    it('TX-03 a person who is named as the subject is no machine of that name', async () => {
      const subject = { subject: { kind: 'user', id: 'backend' }, sub: 'backend' } as const;
      await expect(exchange(subject, {})).resolves.toBeDefined();
    });

    it('TX-06 impersonation is a right of its own; naming an actor needs none', async () => {
      const client = aClient({ ...backend, exchange: { impersonation: false } });
      await expect(exchange({}, undefined, { client })).rejects.toMatchObject(
        refusal('actor_token is missing, and the client may not impersonate', 'impersonation'),
      );
      await expect(exchange({}, {}, { client })).resolves.toBeDefined();
    });

    it('T8 a client’s own token is its own to narrow', async () => {
      const client = aClient({ ...backend, exchange: { impersonation: false } });
      const own = { subject: { kind: 'client', id: 'backend' }, sub: 'backend', client } as const;
      expect(await exchange(own, undefined, { client })).toMatchObject({
        authorization: { subject: { kind: 'client', id: 'backend' } },
      });
    });
  });

  describe('T8 act', () => {
    it.each([
      ['delegation names the actor', undefined, {}, by('backend')],
      ['before those who acted before', by('one'), {}, by('backend', by('one'))],
      ['three are not too many', by('two', by('one')), {}, by('backend', by('two', by('one')))],
      ['impersonation forgets nobody', by('one'), undefined, by('one')],
      ['impersonation names nobody', undefined, undefined, undefined],
    ] as const)('T8 %s', async (_what, act, actor, expected) => {
      expect((await exchange({ ...(act && { act }) }, actor)).actor).toEqual(expected);
    });

    it('T8 a person who acts is named with the client they act through', async () => {
      const actor = { sub: 'user-bob', subject: { kind: 'user', id: 'user-bob' }, client: backend } as const;
      expect((await exchange({}, actor)).actor).toEqual({ sub: 'user-bob', iss: ISSUER, client_id: 'backend' });
    });

    it('TX-06 the fourth is one too many', async () => {
      const act = by('three', by('two', by('one')));
      await expect(exchange({ act }, {})).rejects.toMatchObject(refusal('too many have acted already', 'too_deep'));
    });

    it('TX-06 what came of three exchanges is not exchanged again, though nobody acted', async () => {
      await expect(exchange({ derivationDepth: 2 })).resolves.toBeDefined();
      await expect(exchange({ derivationDepth: 3 })).rejects.toMatchObject(
        refusal('the subject_token was exchanged too often already', 'too_deep'),
      );
    });

    it.each([
      ['the actor', '2026-12-01T11:00:00Z', '2026-12-01T11:00:00Z'],
      ['the subject', '2026-12-01T13:00:00Z', '2026-12-01T12:00:00Z'],
    ])('T10 it ends with %s, whose token ends first', async (_who, expiresAt, expected) => {
      expect((await exchange({}, { expiresAt: new Date(expiresAt) })).notAfter).toEqual(new Date(expected));
    });
  });

  describe('T9 may_act', () => {
    const person = { sub: 'user-bob', subject: { kind: 'user', id: 'user-bob' } } as const;
    const ofShop = { ...person, client: shop };
    it.each([
      ['the actor by sub', { sub: 'backend' }, {}, true],
      ['the actor by client', { client_id: 'backend' }, {}, true],
      ['both', { sub: 'backend', client_id: 'backend' }, {}, true],
      ['another sub', { sub: 'other' }, {}, false],
      ['another client', { client_id: 'other' }, {}, false],
      ['the right sub of another client', { sub: 'backend', client_id: 'other' }, {}, false],
      ['the right client and another sub', { sub: 'other', client_id: 'backend' }, {}, false],
      ['nobody', {}, {}, false],
      ['the client, and a person acts through it', { client_id: 'backend' }, person, true],
      ['the client as subject, and a person acts', { sub: 'backend' }, person, false],
      ['a person, whose token is the client’s', { sub: 'user-bob' }, person, true],
      ['a person, whose token is another client’s', { sub: 'user-bob' }, ofShop, false],
      ['another client, whose token is shown', { client_id: 'shop' }, ofShop, false],
      ['the client, without an actor', { client_id: 'backend' }, undefined, true],
      ['another, without an actor', { sub: 'other' }, undefined, false],
    ] as [string, MayAct, Partial<ExchangedToken> | undefined, boolean][])(
      'T9 RFC 8693 §4.4 names %s',
      async (_whom, mayAct, actor, may) => {
        const asked = exchange({ mayAct }, actor);
        if (may) await expect(asked).resolves.toBeDefined();
        else
          await expect(asked).rejects.toMatchObject(
            refusal('the subject_token does not let this actor act', 'may_act'),
          );
      },
    );
  });

  describe('T5 scope', () => {
    it('T5 without a scope, what the subject may and the client is registered for', async () => {
      expect(scopeOf(await exchange({}))).toEqual(['orders:read']);
    });

    it.each([
      ['T7 openid', 'openid'],
      ['T7 offline_access, though the subject has it', 'orders:read offline_access'],
      ['TX-04 CVE-2026-109374 what the subject has not', 'orders:read stock:read'],
      ['X9 what nobody has', 'bogus'],
    ])('T5 %s', async (_what, scope) => {
      await expect(exchange({}, undefined, { scope })).rejects.toMatchObject({ code: 'invalid_scope' });
    });

    it('T5 what is asked for, the subject has, and the client is registered for', async () => {
      const client = { ...backend, scopes: ['orders:place'] };
      expect(scopeOf(await exchange({}, undefined, { scope: 'orders:place', client }))).toEqual(['orders:place']);
      const beyond = exchange({}, undefined, { scope: 'orders:place' });
      await expect(beyond).rejects.toMatchObject({ code: 'invalid_scope' });
    });

    it.each([
      ['what its user allowed its client', {}, 'openid orders:read', ['orders:read']],
      ['what a trusted client is registered for', { client: { ...shop, trusted: true } }, undefined, ['orders:read']],
    ])('T5 an ID token stands for %s', async (_what, changes, consents, expected) => {
      const { scope: _none, ...idToken } = aToken(changes);
      const issuance = await exchange({ ...idToken, scope: undefined } as never, undefined, {
        form: { subject_token_type: TokenType.IdToken },
        ...(consents !== undefined && { consents }),
      });
      expect(scopeOf(issuance)).toEqual(expected);
    });

    it('T5 an ID token stands for nothing where they allowed nothing', async () => {
      const shown = { form: { subject_token_type: TokenType.IdToken } };
      await expect(exchange({}, undefined, shown)).rejects.toMatchObject({ code: 'invalid_scope' });
    });
  });

  it('T5 an ID token that came with an authorization stands for no more than that', async () => {
    const idToken = { scope: ScopeSet.of('openid', 'orders:read') };
    const shown = { form: { subject_token_type: TokenType.IdToken } };
    const client = { ...backend, scopes: ['orders:read', 'orders:place'] };
    const consents = 'openid orders:read orders:place';
    expect(scopeOf(await exchange(idToken, undefined, { ...shown, client, consents }))).toEqual(['orders:read']);
    const nothing = exchange(idToken, undefined, { ...shown, client, consents: 'openid' });
    await expect(nothing).rejects.toMatchObject({ code: 'invalid_scope' });
  });

  describe('T11 policy', () => {
    it('T11 sees everything, and its refusal is the answer', async () => {
      let seen: TokenExchange | undefined;
      const policy = {
        decide: (exchange: TokenExchange) => {
          seen = exchange;
          throw new OAuthError('invalid_target', { description: 'not at night' });
        },
      };
      const resources = ['https://orders.example'];
      await expect(exchange({}, {}, { policy, resources })).rejects.toMatchObject({
        code: 'invalid_target',
        detail: { description: 'not at night' },
      });
      expect(seen).toMatchObject({
        client: { id: 'backend' },
        subject: { sub: 'user-alice' },
        actor: { sub: 'backend' },
        requestedResources: resources,
        requestedTokenType: TokenType.AccessToken,
      });
      expect(seen?.scope.toArray()).toEqual(['orders:read']);
    });

    it('TX-08 the token of a service account is refused, unless a policy says otherwise', async () => {
      const account = {
        subject: { kind: 'service_account', id: 'night' },
        sub: 'urn:x:night',
        serviceAccountVersion: 3,
      } as const;
      await expect(exchange(account)).rejects.toMatchObject({
        code: 'invalid_request',
        detail: { reason: 'token_exchange.service_account' },
      });
      await expect(exchange({}, { ...account, client: backend })).rejects.toMatchObject({
        detail: { reason: 'token_exchange.service_account' },
      });
      expect(await exchange(account, undefined, { policy: { decide: () => {} } })).toMatchObject({
        authorization: { subject: { kind: 'service_account', id: 'night' } },
        serviceAccountVersion: 3,
      });
    });
  });

  it('T6 it is for confidential clients alone', () => {
    expect(grantOptions(TokenExchangeGrant)).toMatchObject({
      type: 'urn:ietf:params:oauth:grant-type:token-exchange',
      clients: 'confidential',
    });
  });
});
