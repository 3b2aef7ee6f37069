import { App, Tokens } from './support/app.js';
import { Storage } from './support/database.js';
import { ADA, Tenant } from './support/environments.js';
import { Answer, request } from './support/http.js';
import { rawRequest } from './support/raw-http.js';
import {
  expectClean,
  expectCode,
  expectErrorPage,
  expectPage,
  expectRedirectError,
  unchanged,
} from './support/verdict.js';

const EVIL = [
  '//evil.test',
  '/\\evil.test',
  'https:evil.test',
  'https://evil.test/',
  '/\t/evil.test',
  '///evil.test',
  '\\\\evil.test',
  '/%2f%2fevil.test',
  'javascript:alert(1)',
];
const NAMES = [
  'return_to',
  'returnTo',
  'next',
  'continue',
  'redirect',
  'redirect_to',
  'url',
  'goto',
  'target',
  'RelayState',
  'resumeUrl',
  'post_login_redirect_uri',
  'cancel_uri',
];

describe('where a sign-on leads', () => {
  const storage = new Storage();
  let tenant: Tenant;
  let app: App;

  beforeAll(async () => {
    tenant = await Tenant.create();
    app = tenant.app();
  });

  afterAll(() => storage.close());

  it.each(EVIL)(
    'SE-04 CVE-2024-39694 CVE-2026-83589 %s in any parameter of any step never becomes a Location',
    async (evil) => {
      const extras = Object.fromEntries(NAMES.map((name) => [name, evil]));
      const query = new URLSearchParams(extras);
      const seen: Answer[] = [];
      const person = tenant.person();
      const keep = (answer: Answer) => {
        seen.push(answer);
        return answer;
      };
      const step = async (answer: Answer) => keep(await person.get(`${answer.location}&${query}`));

      const signOn = await step(keep(await person.get(app.authorizeUrl({ ...extras, prompt: 'consent' }))));
      const post = (fields: Record<string, string>) =>
        person.post(`/${tenant.id}/signon?${query}`, { ...extras, ...signOn.hiddenFields(), ...fields });
      const consent = await step(keep(await post({ action: 'usernamePassword.check', ...ADA })));
      expectPage(consent, 'consent');
      const done = await step(keep(await post({ action: 'user.consent', accept: 'true' })));
      expectCode(done, app);
      for (const answer of seen) {
        expectClean(answer);
        const { origin, pathname, hash } = new URL(answer.location ?? app.baseUrl);
        expect([app.baseUrl, 'https://rp.example']).toContain(origin);
        expect(`${pathname}${hash}`).not.toContain('evil');
        expect(answer.headers.get('refresh')).toBeNull();
      }
      expect(new URL(done.location as string).searchParams.get('return_to')).toBeNull();
    },
  );

  it.each([...EVIL, 'x@evil.test', '../../evil.test', '.evil.test'])(
    'SE-04 flowId or path "%s" → page, no Location',
    async (evil) => {
      for (const path of ['signon', 'as/resume']) {
        expectErrorPage(await request(`${app.baseUrl}/${tenant.id}/${path}?flowId=${encodeURIComponent(evil)}`));
      }
      for (const target of [
        `//evil.test/${tenant.id}/signon`,
        `/${tenant.id}//evil.test`,
        `/\\evil.test`,
        `/%2f%2fevil.test/`,
      ]) {
        const answer = await rawRequest(app.baseUrl, { target });
        expect([answer.status, answer.headers.get('location')]).toEqual([404, null]);
      }
    },
  );

  it('AZ-07 a configured client’s errors go to it, with a person signed on or not', async () => {
    const person = tenant.person();
    expectRedirectError(await person.get(app.authorizeUrl({ scope: 'bogus' })), app, 'invalid_scope');
    expectRedirectError(await person.get(app.authorizeUrl({ prompt: 'none' })), app, 'login_required');
    await app.signIn(person, ADA);
    expectRedirectError(await person.get(app.authorizeUrl({ scope: 'bogus' })), app, 'invalid_scope');
  });

  it('CVE-2026-114607 whatever we issue is refused at every other door of a sign-on', async () => {
    const tokens = (await app.redeem(await app.code(ADA))).json<Tokens>();
    const code = await app.code(ADA);
    const person = tenant.person();
    const page = await person.follow(app.authorizeUrl({ prompt: 'consent' }));
    const consent = await person.signOn(page, ADA.username, ADA.password);
    const { flowId = '', csrf = '' } = consent.hiddenFields();
    const [ST, SB] = [`ST-${tenant.id}`, `SB-${tenant.id}`];
    const own = { flowId, csrf, ST: person.cookie(ST) as string, SB: person.cookie(SB) as string };
    const issued = {
      ...own,
      code,
      access: tokens.access_token,
      refresh: tokens.refresh_token,
      id: tokens.id_token,
      state: 'state-1',
    };

    await unchanged(storage, tenant.id, async () => {
      for (const [kind, value] of Object.entries(issued)) {
        const allow = { action: 'user.consent', accept: 'true' };
        if (kind !== 'flowId') {
          expectErrorPage(await person.get(`/${tenant.id}/as/resume?flowId=${encodeURIComponent(value)}`));
          expectErrorPage(await person.submit(consent, { ...allow, flowId: value }));
        }
        if (kind !== 'csrf') expectErrorPage(await person.submit(consent, { ...allow, csrf: value }), 403);
        for (const [cookie, name] of [
          ['ST', ST],
          ['SB', SB],
        ] as const) {
          const thief = person.clone();
          thief.setCookie(name, kind === cookie ? 'x' : value);
          expectErrorPage(await thief.submit(consent, allow), 403);
        }
        expectErrorPage(await person.get(app.authorizeUrl({ client_id: value })));
        const hinted = await person.get(
          app.authorizeUrl({ prompt: 'none', id_token_hint: kind === 'id' ? `${value}x` : value }),
        );
        expectRedirectError(hinted, app, 'login_required');
      }
    });
    expectCode(await person.consent(consent), app);
    expect((await app.redeem(code)).status).toBe(200);
  });
});
