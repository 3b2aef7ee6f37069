import { randomBytes } from 'node:crypto';
import { Storage } from './support/database.js';
import { ADA, SECRET, Tenant } from './support/environments.js';
import { request } from './support/http.js';
import { SignedOn } from './support/signed-on.js';
import { expectJsonError, expectRedirectError, unchanged } from './support/verdict.js';

const NO_CHALLENGE = { code_challenge: undefined, code_challenge_method: undefined };

describe('PKCE, seeds §7.1 A8 A13 A14 and catalogue 1.2', () => {
  const storage = new Storage();
  let tenant: Tenant;
  /** The same person at a confidential and at a public client. */
  const users: Record<string, SignedOn> = {};

  beforeAll(async () => {
    tenant = await Tenant.create((file) => {
      const [shop] = file.clients as [(typeof file.clients)[0]];
      file.clients.push(
        { ...shop, id: 'strict', pkce: 'required' },
        { ...shop, id: 'old', secret: SECRET, legacy: { plainPkce: true } },
      );
    });
    for (const id of ['web', 'spa', 'strict', 'old']) users[id] = new SignedOn(tenant.app(id));
  });

  afterAll(() => storage.close());

  const userOf = (id: string) => users[id] as SignedOn;
  const ordinary = (length: number) => 'aZ09-._~'.repeat(20).slice(0, length);
  const wrong = () => randomBytes(32).toString('base64url');

  it.each(['spa', 'strict'])(
    'CO-06 A8 CVE-2023-48228 CVE-2025-4144 %s without a challenge → invalid_request, no code',
    async (id) => {
      const { app } = userOf(id);
      const answer = await unchanged(storage, tenant.id, () => app.signIn(tenant.person(), ADA, NO_CHALLENGE));
      expectRedirectError(answer, app, 'invalid_request');
    },
  );

  it('CO-06 an environment may require it of confidential clients too', async () => {
    const strict = await Tenant.create((file) => {
      file.pkce = 'required';
    });
    const app = strict.app();
    expectRedirectError(await app.signIn(strict.person(), ADA, NO_CHALLENGE), app, 'invalid_request');
    expect((await app.redeem(await app.code(ADA))).status).toBe(200);
  });

  it.each([
    ['plain', {}],
    ['s256', {}],
    ['S512', {}],
    ['none at all', { code_challenge_method: undefined }],
  ])('CO-08 CVE-2026-67336 A8 method %s never counts as plain → invalid_request, no code', async (method, change) => {
    for (const id of ['web', 'spa']) {
      const { app } = userOf(id);
      const answer = await unchanged(storage, tenant.id, () =>
        app.signIn(tenant.person(), ADA, { code_challenge_method: method, ...change }),
      );
      expectRedirectError(answer, app, 'invalid_request');
    }
  });

  it('CO-08 CVE-2026-67336 discovery offers neither plain nor unsigned ID tokens', async () => {
    const metadata = (await request(`${tenant.issuer}/.well-known/openid-configuration`)).json();
    expect(metadata['code_challenge_methods_supported']).toEqual(['S256']);
    expect(metadata['id_token_signing_alg_values_supported']).not.toContain('none');
  });

  it('CO-08 plain works for a client with the legacy flag alone, and only with the very challenge', async () => {
    const { app } = userOf('old');
    const changes = { code_challenge: app.verifier, code_challenge_method: 'plain' };
    const code = await userOf('old').code(changes);
    expectJsonError(await app.redeem(code, { code_verifier: wrong() }), 400, 'invalid_grant', code);
    expect((await app.redeem(code)).status).toBe(200);
  });

  it.each(['web', 'spa'])(
    'CO-07 A13 CVE-2024-23647 CVE-2024-22258 %s: a challenge was made, no verifier comes → invalid_grant',
    async (id) => {
      const { app } = userOf(id);
      const code = await userOf(id).code();
      for (const code_verifier of [undefined, '']) {
        const answer = await unchanged(storage, tenant.id, () => app.redeem(code, { code_verifier }));
        expectJsonError(answer, 400, 'invalid_grant', code);
      }
      expect((await app.redeem(code)).status).toBe(200);
    },
  );

  it('CO-07 A13 no challenge was made, a verifier comes → invalid_grant; without it → 200', async () => {
    const { app } = userOf('web');
    const code = await userOf('web').code(NO_CHALLENGE);
    expectJsonError(await unchanged(storage, tenant.id, () => app.redeem(code)), 400, 'invalid_grant', code);
    expect((await app.redeem(code, { code_verifier: undefined })).status).toBe(200);
  });

  it.each([
    ['one letter', 'a'],
    ['42 letters', ordinary(42)],
    ['129 letters', ordinary(129)],
    ['a letter beyond the grammar', `${ordinary(42)}+`],
    ['a blank behind', `${ordinary(43)} `],
    ['the challenge itself', undefined],
    ['another good one', ordinary(43)],
  ])('CO-09 A13 CVE-2026-41213 verifier: %s → refused, no tokens, the code still works', async (_what, verifier) => {
    const { app } = userOf('web');
    const code = await userOf('web').code();
    const answer = await app.redeem(code, { code_verifier: verifier ?? app.authorizeParams()['code_challenge'] ?? '' });
    expectJsonError(answer, 400, 'invalid_grant', code);
    expect((await app.redeem(code)).status).toBe(200);
  });

  it('A13 verifiers of 43 and of 128 characters, with all that the grammar allows, are good', async () => {
    for (const length of [43, 128]) {
      const { app } = userOf('web');
      const code_challenge = await challengeOf(ordinary(length));
      const code = await userOf('web').code({ code_challenge });
      expect((await app.redeem(code, { code_verifier: ordinary(length) })).status).toBe(200);
    }
  });

  it('A14 four wrong verifiers do not consume the code', async () => {
    const { app } = userOf('spa');
    const code = await userOf('spa').code();
    for (let guess = 0; guess < 4; guess += 1) {
      expectJsonError(await app.redeem(code, { code_verifier: wrong() }), 400, 'invalid_grant', code);
    }
    expect((await app.redeem(code)).status).toBe(200);
  });

  it('CO-09 A14 CVE-2026-41213 the fifth does: then the right one → invalid_grant, zero tokens', async () => {
    const { app } = userOf('spa');
    const code = await userOf('spa').code();
    const shapes = [wrong(), 'a', wrong(), `${wrong()}+`, wrong()];
    for (const code_verifier of shapes)
      expectJsonError(await app.redeem(code, { code_verifier }), 400, 'invalid_grant', code);
    expectJsonError(await app.redeem(code), 400, 'invalid_grant', code);
  });

  it('CO-09 five wrong ones at once count as five', async () => {
    const { app } = userOf('web');
    const code = await userOf('web').code();
    const answers = await Promise.all(Array.from({ length: 5 }, () => app.redeem(code, { code_verifier: wrong() })));
    for (const answer of answers) expectJsonError(answer, 400, 'invalid_grant', code);
    expectJsonError(await app.redeem(code), 400, 'invalid_grant', code);
  });

  it('A14 CO-04 only the right client’s guesses count', async () => {
    const { app } = userOf('web');
    const code = await userOf('web').code();
    const thief = tenant.app('spa');
    for (let guess = 0; guess < 6; guess += 1) {
      expectJsonError(await thief.redeem(code, { redirect_uri: app.redirectUri }), 400, 'invalid_grant', code);
    }
    expect((await app.redeem(code)).status).toBe(200);
  });
});

async function challengeOf(verifier: string): Promise<string> {
  return Buffer.from(await crypto.subtle.digest('SHA-256', Buffer.from(verifier))).toString('base64url');
}
