import { type Client, HandlePrefix, type NewAuthorization, newHandle } from '@grantway/domain';
import { ScopeSet } from '@grantway/protocol';
import {
  aClient,
  altered,
  aNewAuthorization,
  aNewSession,
  anAuthentication,
  anAuthorization,
  aTokenFamily,
  type GrantHarness,
  grantHarness,
} from '@grantway/testing';
import { RefreshTokenGrant } from './refresh-token.grant.js';

const SALT = Buffer.alloc(16, 3);

/** A harness with one token family in it and its first refresh token. */
async function withFamily(client: Partial<Client> = {}, made: Partial<NewAuthorization> = {}) {
  const harness = await grantHarness(RefreshTokenGrant, { client: aClient(client) });
  const family = await familyIn(harness, { ...made, clientId: harness.client.id });
  return { ...harness, ...family };
}

async function familyIn({ stores, codec }: GrantHarness, made: Partial<NewAuthorization> = {}) {
  const authorization = aNewAuthorization({ family: aTokenFamily({ salt: SALT }), ...made });
  const id = await stores.authorizations.record(authorization);
  const { environmentId } = authorization;
  return { id, first: codec.format(id, SALT, 0), isLive: () => stores.authorizations.isLive(environmentId, id) };
}

const form = (refresh_token: string | undefined) => ({ refresh_token: refresh_token ?? '' });
const refusedAs = (reason: string) => ({ code: 'invalid_grant', detail: { reason: `refresh_token.${reason}` } });

describe('refresh_token grant, RFC 6749 §6', () => {
  it('§6 a good token is replaced by the next generation, and what was allowed stays as it was', async () => {
    const { token, first, id, codec } = await withFamily();
    const { issuance, refreshToken, authorizationId } = await token(form(first));
    expect(authorizationId).toBe(id);
    expect(refreshToken).toBe(codec.format(id, SALT, 1));
    expect(issuance.authorization.scope.toArray()).toEqual(anAuthorization().scope.toArray());
    expect(issuance.refreshToken).toBe(true);
    await expect(token(form(refreshToken))).resolves.toMatchObject({ refreshToken: codec.format(id, SALT, 2) });
  });

  it('R1 the parameter is missing', async () => {
    const { token } = await withFamily();
    await expect(token({})).rejects.toMatchObject({ code: 'invalid_request' });
  });

  it('R2 an unknown, altered, foreign or newer token is refused, without effect', async () => {
    const { token, first, id, codec } = await withFamily();
    const never = '01a1f000-0000-7000-8000-00000000ffff';
    const unknown = [
      'nonsense',
      altered(first),
      first.replace('.0.', '.1.'),
      codec.format(never, SALT, 0),
      codec.format(id, Buffer.alloc(16), 0),
      codec.format(id, SALT, 1),
    ];
    for (const text of unknown) await expect(token(form(text))).rejects.toMatchObject(refusedAs('unknown'));
    await expect(token(form(first))).resolves.toHaveProperty('refreshToken');
  });

  it.each([HandlePrefix.AuthorizationCode, HandlePrefix.Session])(
    'CO-10 a handle of kind %s is no refresh token',
    async (kind) => {
      const { token } = await withFamily();
      await expect(token(form(newHandle(kind).handle))).rejects.toMatchObject(refusedAs('unknown'));
    },
  );

  it('R2 RT-04 another client’s token looks unknown, and trying it has no effect', async () => {
    const { token, first, isLive } = await withFamily();
    const { refreshToken } = await token(form(first));
    const thief = { client: aClient({ id: 'thief' }) };
    for (const text of [first, refreshToken]) {
      await expect(token(form(text), thief)).rejects.toMatchObject(refusedAs('unknown'));
    }
    expect(await isLive()).toBe(true);
    await expect(token(form(refreshToken))).resolves.toBeDefined();
  });

  it('MT-01 a token of another environment looks unknown', async () => {
    const harness = await withFamily();
    const { first } = await familyIn(harness, { environmentId: 'other' });
    await expect(harness.token(form(first))).rejects.toMatchObject(refusedAs('unknown'));
  });

  it('R2 a revoked family', async () => {
    const { token, first, stores, id } = await withFamily();
    await stores.authorizations.revoke('acme', id);
    await expect(token(form(first))).rejects.toMatchObject(refusedAs('revoked'));
  });

  it('R2 R6 RT-09 unused too long, or too old however busy', async () => {
    const family = aTokenFamily({ salt: SALT, idle: 100, absolute: 250 });
    const idle = await withFamily({}, { family });
    idle.stores.clock.elapse(100);
    await expect(idle.token(form(idle.first))).rejects.toMatchObject(refusedAs('expired'));

    const busy = await withFamily({ refresh: { ...aClient().refresh, idle: 100 } }, { family });
    let last: string | undefined = busy.first;
    for (let time = 0; time < 2; time++) {
      busy.stores.clock.elapse(99);
      ({ refreshToken: last } = await busy.token(form(last)));
    }
    busy.stores.clock.elapse(60);
    await expect(busy.token(form(last))).rejects.toMatchObject(refusedAs('expired'));
  });

  it.each([
    ['bound to it', ScopeSet.of('openid'), false],
    ['offline', ScopeSet.of('openid', 'offline_access'), true],
  ])('R9 RT-10 the session ended, for a family that is %s', async (_what, scope, offline) => {
    const harness = await grantHarness(RefreshTokenGrant);
    const { session } = await harness.stores.sessions.create(aNewSession());
    const authentication = anAuthentication({ sessionId: session.id });
    const authorization = anAuthorization({ scope, authentication });
    const { first } = await familyIn(harness, { authorization, offline });
    const { refreshToken } = await harness.token(form(first));
    await harness.stores.sessions.end('acme', session.id);
    const after = harness.token(form(refreshToken));
    if (offline) await expect(after).resolves.toBeDefined();
    else await expect(after).rejects.toMatchObject(refusedAs('session_ended'));
  });
});

describe('refresh_token grant, RFC 9700 §4.14.2: rotation and reuse', () => {
  /** Rotates once, then `seconds` go by. */
  async function afterRotation(seconds: number, refresh: Partial<Client['refresh']> = {}) {
    const all = await withFamily({ refresh: { ...aClient().refresh, ...refresh } });
    const { refreshToken: second } = await all.token(form(all.first));
    all.stores.clock.elapse(seconds);
    return { ...all, second };
  }

  it('R4 RT-03 within the grace the retry gets the same successor', async () => {
    const { token, first, second, isLive } = await afterRotation(9.9);
    const retries = await Promise.all([token(form(first)), token(form(first)), token(form(first))]);
    expect(retries.map(({ refreshToken }) => refreshToken)).toEqual([second, second, second]);
    expect(await isLive()).toBe(true);
    await expect(token(form(second))).resolves.toBeDefined();
  });

  it('R5 RT-01 after the grace it is reuse: refused, and the family ends', async () => {
    const { token, first, second, isLive } = await afterRotation(11);
    await expect(token(form(first))).rejects.toMatchObject(refusedAs('reused'));
    expect(await isLive()).toBe(false);
    await expect(token(form(second))).rejects.toMatchObject(refusedAs('revoked'));
  });

  it('R4 RT-02 using the successor closes the grace', async () => {
    const { token, first, second, isLive } = await afterRotation(1);
    await token(form(second));
    await expect(token(form(first))).rejects.toMatchObject(refusedAs('reused'));
    expect(await isLive()).toBe(false);
  });

  it('R5 a client may ask for refusal alone', async () => {
    const { token, first, second, isLive } = await afterRotation(11, { onReuse: 'refuse' });
    await expect(token(form(first))).rejects.toMatchObject(refusedAs('reused'));
    expect(await isLive()).toBe(true);
    await expect(token(form(second))).resolves.toBeDefined();
  });

  it.each([
    ['the client’s own, longer', { grace: 60 }, 59, true],
    ['the client’s own, shorter', { grace: 2 }, 3, false],
    ['none for this client', { grace: 0 }, 3, false],
    ['the environment’s', {}, 3, true],
  ])('R4 the grace is %s', async (_whose, refresh, seconds, retried) => {
    const { token, first } = await afterRotation(seconds, refresh);
    const retry = token(form(first));
    if (retried) await expect(retry).resolves.toBeDefined();
    else await expect(retry).rejects.toMatchObject(refusedAs('reused'));
  });

  it('RT-02 at grace 0 of fifty at once one is answered, the others are a race, and the family lives', async () => {
    const { token, first, isLive } = await withFamily({ refresh: { ...aClient().refresh, grace: 0 } });
    const all = await Promise.allSettled(Array.from({ length: 50 }, () => token(form(first))));
    expect(all.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(all.flatMap((one) => (one.status === 'rejected' ? [one.reason.code] : []))).toHaveLength(49);
    expect(await isLive()).toBe(true);
  });

  it('RT-02 at grace 0 a loser already on its way revokes nothing, a later one does', async () => {
    const race = await afterRotation(2, { grace: 0 });
    await expect(race.token(form(race.first), { inFlightFor: 2_000 })).rejects.toMatchObject(refusedAs('lost_race'));
    expect(await race.isLive()).toBe(true);
    await expect(race.token(form(race.first), { inFlightFor: 0 })).rejects.toMatchObject(refusedAs('reused'));
    expect(await race.isLive()).toBe(false);
  });

  it('RT-02 at grace 10 of fifty at once each gets the same successor', async () => {
    const { token, first, id, codec } = await withFamily();
    const all = await Promise.all(Array.from({ length: 50 }, () => token(form(first))));
    expect(new Set(all.map(({ refreshToken }) => refreshToken))).toEqual(new Set([codec.format(id, SALT, 1)]));
  });

  it('RT-01 a token two generations old is reuse at any grace', async () => {
    const { token, first, second, isLive } = await afterRotation(1, { grace: 86_400 });
    await token(form(second));
    await expect(token(form(first), { inFlightFor: 5_000 })).rejects.toMatchObject(refusedAs('reused'));
    expect(await isLive()).toBe(false);
  });

  it('I4 a store that is away is no verdict', async () => {
    const { token, first, stores } = await withFamily();
    stores.authorizations.findFamily = () => Promise.reject(new Error('storage is away'));
    await expect(token(form(first))).rejects.toThrow('storage is away');
  });
});
