import { setTimeout as sleep } from 'node:timers/promises';
import type { App, Tokens } from './support/app.js';
import { burst } from './support/burst.js';
import { INACTIVE, told } from './support/companions.js';
import { Storage } from './support/database.js';
import { Tenant } from './support/environments.js';
import { idOf } from './support/families.js';
import { postForm } from './support/http.js';
import { SignedOn } from './support/signed-on.js';
import { expectClean, expectJsonError, sameVerdict, unchanged } from './support/verdict.js';

describe('authorization code: redemption, seeds §7.1 and catalogue 1.2', () => {
  const storage = new Storage();
  let tenant: Tenant;
  let web: App;
  let user: SignedOn;

  beforeAll(async () => {
    tenant = await Tenant.create((file) => {
      const [shop] = file.clients;
      file.clients.push({ ...(shop as typeof shop & object), id: 'twin', name: 'Twin' });
    });
    web = tenant.app();
    user = new SignedOn(web);
  });

  afterAll(() => storage.close());

  const move = (column: 'expires_at' | 'spent_at', code: string, seconds: number) =>
    storage.rows(
      `UPDATE authorization_code SET ${column} = ${column} - make_interval(secs => $2) WHERE id = $1::uuid RETURNING 1`,
      [idOf(code), seconds],
    );
  const records = async () =>
    (
      await storage.rows<{ n: number }>(
        'SELECT count(*)::int AS n FROM authorization_record WHERE environment_id = $1',
        [tenant.id],
      )
    )[0]?.n ?? 0;

  it('X7 the answer: access, refresh and id token, with the scope; one record of it', async () => {
    const before = await records();
    const answer = await web.redeem(await user.code());
    expectClean(answer);
    expect(answer.json()).toEqual({
      access_token: expect.any(String),
      token_type: 'Bearer',
      expires_in: 3600,
      scope: 'openid profile email offline_access orders:read orders:write',
      refresh_token: expect.any(String),
      id_token: expect.any(String),
    });
    expect(await records()).toBe(before + 1);
  });

  it('A10 no code, or an empty one → invalid_request', async () => {
    expectJsonError(await web.token({ grant_type: 'authorization_code' }), 400, 'invalid_request');
    expectJsonError(await web.redeem(''), 400, 'invalid_request');
  });

  it('A11 CO-11 200 random codes of the right shape, and shapeless ones → invalid_grant', async () => {
    const random = (length: number) =>
      Buffer.from(crypto.getRandomValues(new Uint8Array(length))).toString('base64url');
    const guesses = Array.from({ length: 200 }, () => `gwac_${random(16)}.${random(32)}`);
    const odd = [
      'x',
      'gwac_',
      'gwac_.',
      `gwac_${random(16)}`,
      `gwrt_${random(16)}.${random(32)}`,
      '../../x',
      "' OR 1=1--",
    ];
    const answers = await unchanged(storage, tenant.id, () =>
      Promise.all([...guesses, ...odd].map((code) => web.redeem(code))),
    );
    for (const answer of answers) expectJsonError(answer, 400, 'invalid_grant');
  });

  it.each([
    ['missing', undefined],
    ['empty', ''],
    ['another path', 'https://rp.example/other'],
    ['a slash more', 'https://rp.example/callback/'],
    ['a query more', 'https://rp.example/callback?x=1'],
    ['another case', 'https://RP.example/callback'],
    ['of another client', 'https://spa.example/callback'],
  ])('A11 CO-05 redirect_uri %s → invalid_grant, no tokens; the right one then works', async (_what, redirect_uri) => {
    const code = await user.code();
    const answer = await unchanged(storage, tenant.id, () => web.redeem(code, { redirect_uri }));
    expectJsonError(answer, 400, 'invalid_grant', code);
    expect((await web.redeem(code)).status).toBe(200);
  });

  it('A11 CO-05 redirect_uri that was not sent at authorize: not to be invented at redemption, and not needed', async () => {
    const changes = { redirect_uri: undefined, scope: 'orders:read' };
    const code = await user.code(changes);
    expectJsonError(await web.redeem(code), 400, 'invalid_grant', code);
    expect((await web.redeem(code, { redirect_uri: undefined })).status).toBe(200);
  });

  it('A11 CO-04 CVE-2026-16089 CVE-2026-55672 another client’s code → invalid_grant without effect; its own client still redeems it', async () => {
    const code = await user.code();
    const form = { grant_type: 'authorization_code', code, redirect_uri: web.redirectUri, code_verifier: web.verifier };
    for (const thief of ['twin', 'spa']) {
      const answer = await unchanged(storage, tenant.id, () => sameVerdict(() => tenant.app(thief).token(form)));
      expectJsonError(answer, 400, 'invalid_grant', code);
    }
    expect((await web.redeem(code)).status).toBe(200);
  });

  it('CO-04 a confidential client’s code without credentials → 401 invalid_client', async () => {
    const code = await user.code();
    const form = { grant_type: 'authorization_code', code, redirect_uri: web.redirectUri, client_id: 'web' };
    const answer = await postForm(`${tenant.issuer}/token`, { ...form, code_verifier: web.verifier });
    expectJsonError(answer, 401, 'invalid_client', code);
  });

  it('CO-03 A11 a code lives at most 60 s, by the database’s clock; later → invalid_grant, no tokens', async () => {
    const [early, late] = [await user.code(), await user.code()];
    const [row] = await storage.rows<{ left: number }>(
      'SELECT extract(epoch FROM expires_at - now())::float8 AS left FROM authorization_code WHERE id = $1::uuid',
      [idOf(late)],
    );
    expect(row?.left).toBeLessThanOrEqual(60);
    expect(await move('expires_at', late, 61)).toHaveLength(1);
    expect(await move('expires_at', early, 20)).toHaveLength(1);
    const answer = await unchanged(storage, tenant.id, () => web.redeem(late));
    expectJsonError(answer, 400, 'invalid_grant', late);
    expect((await web.redeem(early)).status).toBe(200);
  });

  it('workers-oauth-provider 0.8.1 codes and refresh tokens around their last moment: a verdict, never a fault', async () => {
    const steps = Array.from({ length: 21 }, (_, at) => at / 10 - 1);
    const codes: string[] = [];
    for (const _ of steps) codes.push(await user.code());
    const answers = await Promise.all(
      codes.map(async (code, at) => {
        await storage.rows(
          `UPDATE authorization_code SET expires_at = now() + make_interval(secs => $2) WHERE id = $1::uuid`,
          [idOf(code), steps[at] ?? 0],
        );
        return web.redeem(code);
      }),
    );
    for (const answer of answers) expect(answer.status === 200 || answer.error === 'invalid_grant').toBe(true);
    expect(answers[0]?.status).toBe(400);
    expect(answers.at(-1)?.status).toBe(200);
  });

  it.each([
    ['1 s', 1],
    ['30 s', 30],
    ['61 s', 61],
  ])(
    'CO-01 A12 node-oauth2-server #637 workers-oauth-provider #148 a replay after %s → invalid_grant and everything issued dies',
    async (_when, seconds) => {
      const code = await user.code();
      const tokens = (await web.redeem(code)).json<Tokens>();
      const descendant = (await web.refresh(tokens.refresh_token)).json<Tokens>();
      await move('spent_at', code, seconds);
      await move('expires_at', code, seconds);
      expectJsonError(await web.redeem(code), 400, 'invalid_grant', code);
      for (const dead of [tokens, descendant]) {
        expectJsonError(await web.userInfo(dead.access_token), 401, 'invalid_token');
        expect(await told(tenant, 'web', dead.access_token)).toEqual(INACTIVE);
        expectJsonError(await web.refresh(dead.refresh_token), 400, 'invalid_grant', dead.refresh_token);
      }
    },
  );

  it('workers-oauth-provider 0.8.0 CO-04 a replay by another client, or with a guessed secret, revokes nothing', async () => {
    const code = await user.code();
    const tokens = (await web.redeem(code)).json<Tokens>();
    await move('spent_at', code, 5);
    const guessed = `${code.slice(0, 28)}${'A'.repeat(43)}`;
    for (const attempt of [
      () => tenant.app('twin').redeem(code, { code_verifier: web.verifier }),
      () => tenant.app('twin').redeem(guessed),
      () => web.redeem(guessed),
      () => tenant.app('spa').redeem(code, { redirect_uri: web.redirectUri }),
    ]) {
      expectJsonError(await unchanged(storage, tenant.id, attempt), 400, 'invalid_grant', code);
    }
    expect((await web.userInfo(tokens.access_token)).status).toBe(200);
    expect((await web.refresh(tokens.refresh_token)).status).toBe(200);
  });

  it('CO-02 X12 A11 100 parallel redemptions of one code: one 200, 99 invalid_grant, no 5xx; a later one revokes', async () => {
    const code = await user.code();
    const before = await records();
    const answers = await burst(100, () => web.redeem(code));
    const winners = answers.filter(({ status }) => status === 200);
    const losers = answers.filter((answer) => answer.status === 400 && answer.error === 'invalid_grant');
    expect([winners.length, losers.length]).toEqual([1, 99]);
    expect(await records()).toBe(before + 1);
    const { access_token, refresh_token } = (winners[0] as (typeof winners)[0]).json<Tokens>();
    expect((await web.userInfo(access_token)).status).toBe(200);

    await sleep(2_000);
    expectJsonError(await web.redeem(code), 400, 'invalid_grant', code);
    expect((await web.userInfo(access_token)).status).toBe(401);
    expectJsonError(await web.refresh(refresh_token), 400, 'invalid_grant', refresh_token);
  });
});
