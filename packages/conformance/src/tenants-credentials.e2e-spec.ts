import { decodeJwt } from 'jose';
import type { Tokens } from './support/app.js';
import { Storage } from './support/database.js';
import { ADA, Tenant } from './support/environments.js';
import { type Answer, request } from './support/http.js';
import { target } from './support/target.js';
import { expectErrorPage, expectJsonError, expectRedirectError } from './support/verdict.js';

const GRACE = { username: 'grace', password: 'another horse battery' };

/** Two environments that differ in nothing but their id: the same clients and secrets, users and passwords, resources. */
describe('MT-01 what one environment issued is nothing in the other', () => {
  const storage = new Storage();
  let home: Tenant;
  let away: Tenant;

  beforeAll(async () => {
    [home, away] = await Promise.all([Tenant.create(), Tenant.create()]);
  });
  afterAll(() => storage.close());

  /** Neither environment's rows change while it happens. */
  async function withoutEffect(act: () => Promise<void>): Promise<void> {
    const prints = () => Promise.all([storage.fingerprint(home.id), storage.fingerprint(away.id)]);
    const before = await prints();
    await act();
    expect(await prints()).toEqual(before);
  }

  it('MT-01 CO-04 a code: invalid_grant as an unknown one, without effect; at home it works', async () => {
    const app = home.app();
    const code = await app.code(ADA);
    const unknown = await away.app().redeem('gwac_AZq3nHk7dXKfGQyYv1l2Ng.unknown');
    await withoutEffect(async () => {
      const verifier = { code_verifier: app.verifier };
      const refused = await away.app().redeem(code, verifier);
      expectJsonError(refused, 400, 'invalid_grant', code);
      expect(refused.text).toBe(unknown.text);
    });
    expect((await app.redeem(code)).status).toBe(200);
  });

  it('MT-01 RT-04 a refresh token: invalid_grant as an unknown one, without effect; at home it works', async () => {
    const { refresh_token } = await home.app().tokens(ADA);
    const unknown = await away.app().refresh('gwrt_AZq3nHk7dXKfGQyYv1l2Ng.1.unknown');
    await withoutEffect(async () => {
      const refused = await away.app().refresh(refresh_token);
      expectJsonError(refused, 400, 'invalid_grant', refresh_token);
      expect(refused.text).toBe(unknown.text);
    });
    expect((await home.app().refresh(refresh_token)).status).toBe(200);
  });

  it('MT-01 OI-05 an access token: 401 invalid_token; at home it works', async () => {
    const { access_token } = await home.app().tokens(ADA);
    await withoutEffect(async () => expectJsonError(await away.app().userInfo(access_token), 401, 'invalid_token'));
    expect((await home.app().userInfo(access_token)).status).toBe(200);
  });

  it('MT-01 A7 an ID token as id_token_hint names nobody there: login_required; at home it is understood', async () => {
    const { id_token } = await home.app().tokens(ADA);
    const [guest, owner] = [away.person(), home.person()];
    await away.app().signIn(guest, ADA);
    await home.app().signIn(owner, ADA);
    const hinted = (id_token_hint: string) => ({ prompt: 'none', id_token_hint });
    await withoutEffect(async () => {
      expectRedirectError(await guest.follow(away.app().authorizeUrl(hinted(id_token))), away.app(), 'login_required');
    });
    const own = (await away.app().tokens(ADA)).id_token;
    expect((await guest.follow(away.app().authorizeUrl(hinted(own)))).params()).toHaveProperty('code');
    expect((await owner.follow(home.app().authorizeUrl(hinted(id_token)))).params()).toHaveProperty('code');
  });

  it('MT-01 SE-03 a session cookie, renamed to fit, is nobody there; at home it signs on', async () => {
    const person = home.person();
    await home.app().signIn(person, ADA);
    const thief = away.person();
    thief.setCookie(`ST-${away.id}`, person.cookie(`ST-${home.id}`) as string);
    await withoutEffect(async () => {
      const refused = await thief.follow(away.app().authorizeUrl({ prompt: 'none' }));
      expectRedirectError(refused, away.app(), 'login_required');
    });
    expect((await person.follow(home.app().authorizeUrl({ prompt: 'none' }))).params()).toHaveProperty('code');
  });

  it('MT-01 A16 a flow id: the page of an unknown one at every step, without effect; at home the flow goes on', async () => {
    const person = home.person();
    const page = await person.follow(home.app().authorizeUrl());
    const { flowId = '', csrf = '' } = page.hiddenFields();
    person.setCookie(`SB-${away.id}`, person.cookie(`SB-${home.id}`) as string);
    await withoutEffect(async () => {
      const fields = { flowId, csrf, action: 'usernamePassword.check', ...GRACE };
      const answers: Answer[] = [
        await person.get(`${target.baseUrl}/${away.id}/signon?flowId=${flowId}`),
        await person.post(`${target.baseUrl}/${away.id}/signon`, fields),
        await person.get(`${away.issuer}/resume?flowId=${flowId}`),
      ];
      for (const answer of answers) expectErrorPage(answer);
    });
    const consent = await person.signOn(page, GRACE.username, GRACE.password);
    expect((await person.consent(consent)).params()).toHaveProperty('code');
  });

  it('MT-01 AZ-15 a browser’s binding cookie does not open a flow of the other environment', async () => {
    const [here, there] = [home.person(), away.person()];
    await here.follow(home.app().authorizeUrl());
    const page = await there.follow(away.app().authorizeUrl());
    const { flowId = '' } = page.hiddenFields();
    const thief = away.person();
    thief.setCookie(`SB-${away.id}`, here.cookie(`SB-${home.id}`) as string);
    await withoutEffect(async () => {
      expectErrorPage(await thief.get(`${target.baseUrl}/${away.id}/signon?flowId=${flowId}`), 403);
    });
    expect((await there.get(page.url)).status).toBe(200);
  });

  it('MT-01 CA-02 a secret that was changed in one environment is no longer good there, and still is in the other', async () => {
    const [left, right] = await Promise.all([Tenant.create(), Tenant.create()]);
    const asked = (at: Tenant, secret: string) => {
      const authorization = `Basic ${Buffer.from(`service:${secret}`).toString('base64')}`;
      const body = new URLSearchParams({ grant_type: 'client_credentials' });
      return request(`${at.issuer}/token`, { method: 'POST', body, headers: { authorization } });
    };
    const { secret: old = '' } = left.client('service');
    await left.change(() => {
      left.client('service').secret = 'another-secret-of-some-length';
    });
    expectJsonError(await asked(left, old), 401, 'invalid_client');
    expectJsonError(await asked(right, 'another-secret-of-some-length'), 401, 'invalid_client');
    expect((await asked(left, 'another-secret-of-some-length')).status).toBe(200);
    expect((await asked(right, old)).status).toBe(200);
  });

  it('MT-01 a user disabled in one environment still signs on in the other, and the two are two subjects', async () => {
    const [left, right] = await Promise.all([Tenant.create(), Tenant.create()]);
    const [here, there] = await Promise.all([left.app().tokens(ADA), right.app().tokens(ADA)]);
    expect(subject(here)).not.toBe(subject(there));
    await left.change(() => {
      left.user('ada').status = 'disabled';
    });
    expectJsonError(await left.app().refresh(here.refresh_token), 400, 'invalid_grant');
    expect((await right.app().refresh(there.refresh_token)).status).toBe(200);
  });
});

function subject({ id_token }: Tokens): string | undefined {
  return decodeJwt(id_token).sub;
}
