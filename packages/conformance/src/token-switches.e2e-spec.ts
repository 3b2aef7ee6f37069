import { decodeJwt } from 'jose';
import type { Tokens } from './support/app.js';
import { Approver, Till } from './support/ciba.js';
import { Device, decided } from './support/device.js';
import { ADA, type EnvironmentFile, Tenant } from './support/environments.js';
import { ACCESS_TOKEN, EXCHANGE, PASSWORD, withEveryGrant } from './support/every-grant.js';
import type { Answer } from './support/http.js';
import { pushed, pushedUrl } from './support/pushed.js';
import { newServiceToken, present } from './support/service-accounts.js';
import { target } from './support/target.js';

/** Each thing an environment can be switched to, beside what it is by itself. */
const SWITCHES: Record<string, (file: EnvironmentFile) => void> = {
  'nothing special': () => {},
  'par: required': (file) => {
    file.par = 'required';
  },
  'pkce: required': (file) => {
    file.pkce = 'required';
  },
  'signing by the other algorithm': (file) => {
    file.signing = { idToken: 'ES256', accessToken: 'RS256' };
  },
  'passwordChangeEndsRefresh: false': (file) => {
    file.passwordChangeEndsRefresh = false;
  },
  'user codes of six letters': (file) => {
    file.userCode = { characters: 'letters', length: 6 };
  },
  'opaque access tokens': (file) => {
    for (const resource of file.resources ?? []) resource.accessTokenFormat = 'opaque';
  },
  'short lifetimes': (file) => {
    file.lifetimes = { code: 30, accessToken: 300, deviceCode: 120, backchannel: 120, par: 30 };
  },
};

/** What belongs to the other grants, all of it at once; none of it is for the one that is asked. */
const STRANGERS = {
  ...{ code: 'gwac_x.y', code_verifier: 'v'.repeat(43), redirect_uri: 'https://evil.example/' },
  ...{ refresh_token: 'gwrt_x.1.y', device_code: 'gwdc_x.y', auth_req_id: 'gwcb_x.y', assertion: 'eyJ.e30.' },
  ...{ username: 'grace', password: 'another horse battery', user_code: 'BCDF-GHJK', login_hint: 'grace' },
  ...{ subject_token: 'eyJ.e30.', subject_token_type: 'urn:x', actor_token: 'eyJ.e30.', actor_token_type: 'urn:x' },
  ...{ requested_token_type: 'urn:ietf:params:oauth:token-type:id_token', request_uri: 'urn:x', request: 'eyJ' },
  ...{ may_act: '{"sub":"grace"}', act: '{"sub":"grace"}', sub: 'grace', nonce: 'theirs', acr_values: 'Multi_Factor' },
  ...{ requested_expiry: '99999', client_notification_token: 'x', binding_message: 'x', prompt: 'none', state: 'x' },
};

describe('TX-01 oidc-provider 9.11.2 oidc-provider 9.6.1 all flows under each global switch', () => {
  /** Each grant of one environment, with these parameters besides. */
  const flowsOf = (tenant: Tenant, more: Record<string, string> = {}) => {
    const [web, kiosk] = [tenant.app(), tenant.app('kiosk')];
    const [device, till] = [new Device(tenant.app('console')), new Till(tenant.app('till'))];
    const without = (...names: string[]) =>
      Object.fromEntries(Object.entries(more).filter(([name]) => !names.includes(name)));
    const approver = new Approver(tenant, tenant.person(), target.baseUrl);
    const code = async () => {
      await approver.look();
      const person = approver.person;
      let answer = await person.follow(pushedUrl(web, await pushed(web)));
      if (answer.text.includes('user.consent')) answer = await person.consent(answer);
      return web.redeem(answer.params()['code'] ?? 'none', without('code', 'code_verifier', 'redirect_uri'));
    };
    const tokens = async () => (await code()).json<Tokens>();
    return {
      authorization_code: code,
      refresh_token: async () => web.refresh((await tokens()).refresh_token, without('refresh_token')),
      client_credentials: () => tenant.app('service').token({ ...more, grant_type: 'client_credentials' }),
      password: () => kiosk.token({ ...more, grant_type: PASSWORD, ...ADA, scope: 'openid orders:read' }),
      device_code: async () => {
        await approver.look();
        // A verifier is a device's own as well (DV-08).
        const others = without('device_code', 'code_verifier');
        return device.poll(await decided(approver.person, await device.start()), others);
      },
      ciba: async () => {
        await approver.look();
        const { auth_req_id } = await approver.answer(await till.ask({ login_hint: ADA.username }));
        return till.app.token({ ...more, grant_type: 'urn:openid:params:grant-type:ciba', auth_req_id });
      },
      'token exchange': async () => {
        const { access_token: subject_token } = await tokens();
        const own = { subject_token, subject_token_type: ACCESS_TOKEN, scope: 'orders:read' };
        const others = without('subject_token', 'subject_token_type', 'actor_token', 'actor_token_type');
        const { requested_token_type: _, ...rest } = others as Record<string, string>;
        return web.token({ ...rest, grant_type: EXCHANGE, ...own });
      },
      'service token': async () => present(tenant, await newServiceToken(tenant, 'night'), without('assertion')),
    } satisfies Record<string, () => Promise<Answer>>;
  };

  describe.each(Object.keys(SWITCHES))('%s', (name) => {
    it('every grant ends in tokens', async () => {
      const tenant = await Tenant.create((file) => {
        withEveryGrant(file);
        SWITCHES[name]?.(file);
      });
      const statuses: Record<string, unknown> = {};
      for (const [grant, run] of Object.entries(flowsOf(tenant))) {
        const answer = await run();
        statuses[grant] = answer.status === 200 ? 200 : answer.text;
      }
      expect(statuses).toEqual(Object.fromEntries(Object.keys(statuses).map((grant) => [grant, 200])));
      expect(Object.keys(statuses)).toHaveLength(8);
    }, 180_000);
  });

  it('TX-01 TX-05 CVE-2026-9704 the parameters of all other grants beside one’s own have no effect on any', async () => {
    const tenant = await Tenant.create(withEveryGrant);
    const [plain, crowded] = [flowsOf(tenant), flowsOf(tenant, STRANGERS)];
    for (const grant of Object.keys(plain) as (keyof typeof plain)[]) {
      const [expected, answer] = [await plain[grant](), await crowded[grant]()];
      expect([grant, answer.status === 200 || answer.text]).toEqual([grant, true]);
      expect([grant, shapeOf(answer)]).toEqual([grant, shapeOf(expected)]);
    }
  }, 180_000);
});

/** What was granted and to whom, without what differs from one token to the next. */
function shapeOf(answer: Answer): object {
  const { access_token, id_token, refresh_token, scope, token_type, issued_token_type } = answer.json<
    Tokens & { token_type: string; issued_token_type?: string }
  >();
  const { sub, aud, client_id, act, acr, amr } = decodeJwt(access_token);
  const said = { scope, token_type, issued_token_type, hasRefresh: refresh_token !== undefined };
  const { sub: subject, nonce, acr: level } = id_token ? decodeJwt(id_token) : {};
  return { ...said, sub, aud, client_id, act, acr, amr, id: { subject, nonce, level } };
}
