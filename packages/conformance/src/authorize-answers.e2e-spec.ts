import { App } from './support/app.js';
import { ADA, Tenant } from './support/environments.js';
import { Answer, request } from './support/http.js';
import { Person } from './support/person.js';
import { expectCode, expectPage, expectRedirectError } from './support/verdict.js';

const MODES = [undefined, 'query', 'fragment', 'form_post'] as const;

describe('how answers travel', () => {
  let tenant: Tenant;
  let other: Tenant;

  const expectCarrier = (answer: Answer, mode: (typeof MODES)[number]) => {
    if (mode === 'form_post') {
      expect(answer.headers.get('content-type')).toBe('text/html; charset=utf-8');
      expect(answer.headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
      return;
    }
    const { search, hash } = new URL(answer.location as string);
    expect([search === '', hash === '']).toEqual(mode === 'fragment' ? [true, false] : [false, true]);
  };

  beforeAll(async () => {
    tenant = await Tenant.create((file) => {
      file.clients.push({
        ...(file.clients[0] as (typeof file.clients)[0]),
        id: 'query',
        redirectUris: ['https://rp.example/callback?at=home'],
      });
    });
    other = await Tenant.create();
  });

  it.each(MODES)(
    'A17 AZ-09 response_mode %s: code, state and iss by GET and by POST, and the code is good',
    async (mode) => {
      const app = tenant.app();
      const person = tenant.person();
      const signedIn = await app.signIn(person, ADA, { response_mode: mode });
      expectCarrier(signedIn, mode);
      const code = expectCode(signedIn, app);
      expect((await app.redeem(code)).status).toBe(200);

      const posted = await person.post(`${app.issuer}/authorize`, app.authorizeParams({ response_mode: mode }));
      expectCarrier(posted, mode);
      expect((await app.redeem(expectCode(posted, app))).status).toBe(200);
    },
  );

  it.each(MODES)('A17 AZ-09 response_mode %s: errors carry state and iss by GET and by POST', async (mode) => {
    const app = tenant.app();
    const changes = { response_mode: mode, scope: 'bogus' };
    for (const answer of [
      await request(app.authorizeUrl(changes)),
      await tenant.person().post(`${app.issuer}/authorize`, app.authorizeParams(changes)),
    ]) {
      expectCarrier(answer, mode);
      expectRedirectError(answer, app, 'invalid_scope');
    }
  });

  it.each(MODES)('A5 A17 response_mode %s: a refusal after the sign-on page travels the same way', async (mode) => {
    const app = tenant.app();
    const person = tenant.person();
    const page = await person.follow(app.authorizeUrl({ response_mode: mode }));
    const consent = await person.signOn(page, 'grace', 'another horse battery');
    const answer = await person.consent(consent, false);
    expectCarrier(answer, mode);
    expectRedirectError(answer, app, 'access_denied');
  });

  it('RFC 6749 §3.1.2 a query the client registered stays in front of the answer', async () => {
    const app = tenant.app('query');
    const answer = await app.signIn(tenant.person(), ADA);
    expectCode(answer, app);
    expect(answer.location).toMatch(/^https:\/\/rp\.example\/callback\?at=home&code=/);
  });

  it('A3 form_post cannot reach an app’s private scheme → invalid_request', async () => {
    await tenant.change((file) => {
      file.clients.push({
        id: 'native',
        auth: 'none',
        grantTypes: ['authorization_code'],
        redirectUris: ['com.example.app:/cb'],
        scopes: ['openid'],
      });
    });
    const app = tenant.app('native');
    expectRedirectError(await request(app.authorizeUrl({ response_mode: 'form_post' })), app, 'invalid_request');
    expectPage(await tenant.person().follow(app.authorizeUrl()), 'sign-on');
  });

  it('A17 AZ-09 each environment says its own iss, and its metadata promises it', async () => {
    const issuers = await Promise.all([tenant, other].map((each) => issuerSaidBy(each.app())));
    expect(issuers).toEqual([tenant.issuer, other.issuer]);
    for (const each of [tenant, other]) {
      const metadata = await request(`${each.issuer}/.well-known/openid-configuration`);
      expect(metadata.json()).toMatchObject({
        issuer: each.issuer,
        authorization_response_iss_parameter_supported: true,
        response_types_supported: ['code'],
        response_modes_supported: ['query', 'fragment', 'form_post', 'pi.flow'],
      });
    }
  });

  it('AZ-08 every form of a flow answers 303, so a browser never repeats a password', async () => {
    const app = tenant.app();
    const person = tenant.person();
    const statuses: Record<string, number> = {};
    const press = async (page: Answer, fields: Record<string, string>) => {
      const answer = await person.submit(page, fields);
      statuses[fields['action'] as string] = answer.status;
      return answer;
    };
    const signOn = { action: 'usernamePassword.check', ...ADA };
    const prompt = { prompt: 'login consent' };

    let page = await person.follow(app.authorizeUrl(prompt));
    page = await person.settle(await press(page, signOn));
    page = await person.settle(await press(page, { action: 'session.reset' }));
    page = await person.settle(await press(page, signOn));
    await press(page, { action: 'user.consent', accept: 'true' });
    await press(await person.follow(app.authorizeUrl(prompt)), { action: 'flow.cancel' });
    expect(statuses).toEqual({
      'usernamePassword.check': 303,
      'session.reset': 303,
      'user.consent': 303,
      'flow.cancel': 303,
    });
  });
});

async function issuerSaidBy(app: App): Promise<string | undefined> {
  return (await app.signIn(new Person(app.baseUrl), ADA)).params()['iss'];
}
