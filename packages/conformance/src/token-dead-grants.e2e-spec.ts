import type { App, Tokens } from './support/app.js';
import { Approver, type Asked, Till } from './support/ciba.js';
import { Storage } from './support/database.js';
import { Device, decided, type Started } from './support/device.js';
import { Tenant, type UserEntry } from './support/environments.js';
import { ACCESS_TOKEN, EXCHANGE, PASSWORD, withEveryGrant } from './support/every-grant.js';
import { everywhere } from './support/everywhere.js';
import type { Answer } from './support/http.js';
import { newServiceToken, present } from './support/service-accounts.js';
import { SignedOn } from './support/signed-on.js';
import { target } from './support/target.js';
import { expectJsonError, expectPage, expectRedirectError, unchanged } from './support/verdict.js';

const SECRET_WORD = 'one horse battery';
const STATES = ['locked', 'disabled', 'deleted', 'expired'] as const;
const PEOPLE = [...STATES, 'living'] as const;
type Somebody = (typeof PEOPLE)[number];

/** What somebody has in hand, of every grant that ends in tokens about a person. */
interface Hand {
  readonly code: string;
  readonly tokens: Tokens;
  readonly device: Started;
  readonly asked: Asked;
  readonly session: SignedOn;
}

describe('all grants × locked, disabled, deleted, expired password', () => {
  const storage = new Storage();
  let tenant: Tenant;
  let till: Till;
  let device: Device;
  let service: string;
  const hands = new Map<Somebody, Hand>();
  const user = (username: string) => ({ username, password: SECRET_WORD });
  const hand = (who: Somebody) => hands.get(who) as Hand;

  beforeAll(async () => {
    tenant = await Tenant.create((file) => {
      withEveryGrant(file);
      file.lifetimes = { code: 600, accessToken: 3600 };
      file.users.push(...PEOPLE.map((username): UserEntry => user(username)));
      file.serviceAccounts?.push({ id: 'day', client: 'machines', scopes: ['orders:read'] });
    });
    [till, device] = [new Till(tenant.app('till')), new Device(tenant.app('console'))];
    for (const who of PEOPLE) hands.set(who, await handOf(who));
    service = await newServiceToken(tenant, 'night');
    await newServiceToken(tenant, 'day');
  }, 360_000);
  afterAll(() => storage.close());

  async function handOf(who: Somebody): Promise<Hand> {
    const session = new SignedOn(tenant.app(), user(who));
    const tokens = await session.tokens();
    const approver = new Approver(tenant, tenant.person(), target.baseUrl, user(who));
    await approver.look();
    const asked = await approver.answer(await till.ask({ login_hint: who }));
    // The same browser, so that nobody is asked for a password again.
    const started = await decided(approver.person, await device.start());
    return { session, tokens, code: await session.code(), device: started, asked };
  }

  async function fell(): Promise<void> {
    await tenant.change(() => {
      tenant.user('locked').status = 'locked';
      tenant.user('disabled').status = 'disabled';
      tenant.user('expired').mustChangePassword = true;
      tenant.client('service').enabled = false;
    });
    await storage.rows('DELETE FROM directory_user WHERE environment_id = $1 AND username = $2', [
      tenant.id,
      'deleted',
    ]);
    await storage.rows('UPDATE service_account SET enabled = false WHERE environment_id = $1 AND id = $2', [
      tenant.id,
      'night',
    ]);
    await everywhere(
      () => tenant.app('service').token({ grant_type: 'client_credentials' }),
      ({ status }) => status === 401,
    );
  }

  const web = () => tenant.app();
  /** Each grant, asked with what somebody has in hand. */
  const GRANTS: Record<string, (who: Somebody) => Promise<Answer>> = {
    authorization_code: (who) => web().redeem(hand(who).code, { code_verifier: hand(who).session.app.verifier }),
    refresh_token: (who) => web().refresh(hand(who).tokens.refresh_token),
    password: (who) => askWithPassword(tenant.app('kiosk'), who),
    device_code: (who) => device.poll(hand(who).device),
    ciba: (who) => till.poll(hand(who).asked),
    'token exchange of the access token': (who) =>
      web().token({
        ...{ grant_type: EXCHANGE, subject_token: hand(who).tokens.access_token, subject_token_type: ACCESS_TOKEN },
        scope: 'orders:read',
      }),
  };
  const askWithPassword = (app: App, username: string) =>
    app.token({ grant_type: PASSWORD, username, password: SECRET_WORD, scope: 'orders:read' });

  describe('when they fell', () => {
    beforeAll(fell, 180_000);

    it.each(STATES.flatMap((who) => Object.keys(GRANTS).map((grant) => [who, grant] as const)))(
      'X14 CO-13 RT-06 DV-06 CB-05 CVE-2026-9798 CVE-2026-16103 CVE-2026-88770 CVE-2023-22492 CVE-2025-64521 %s, %s: no tokens, nothing stored',
      async (who, grant) => {
        const ask = GRANTS[grant] as (typeof GRANTS)[string];
        const answer = await unchanged(storage, tenant.id, () => ask(who));
        // RFC 8693 §2.2.2, T2; catalogue DV-06 and CB-05 let the two that poll say it in their own word.
        const words = { 'token exchange of the access token': 'invalid_request' }[grant] ?? 'invalid_grant';
        const polls = ['device_code', 'ciba'].includes(grant) && answer.error === 'access_denied';
        expectJsonError(answer, 400, polls ? 'access_denied' : words, SECRET_WORD);
      },
    );

    it.each(STATES)('CB-05 CVE-2026-9798 CVE-2026-16103 %s: nobody may ask them, and nothing is asked', async (who) => {
      const answer = await unchanged(storage, tenant.id, () => till.request({ login_hint: who }));
      const word = who === 'deleted' ? 'unknown_user_id' : answer.error;
      expectJsonError(answer, answer.status, String(word));
      expect([
        [403, 'access_denied'],
        [400, 'unknown_user_id'],
      ]).toContainEqual([answer.status, answer.error]);
    });

    it.each(STATES)('X14 SE-03 %s: the session signs nobody on any more', async (who) => {
      const ask = tenant.app().authorizeUrl({ prompt: 'none' });
      const thief = tenant.person();
      thief.setCookie(`ST-${tenant.id}`, hand(who).session.cookie(`ST-${tenant.id}`) ?? '');
      expectRedirectError(await thief.get(ask), web(), 'login_required');
      expectPage(await thief.follow(tenant.app().authorizeUrl()), 'sign-on');
    });

    it('CVE-2023-22492 CVE-2025-64521 TX-08 S3 a disabled service account: invalid_grant; one beside it gets its token', async () => {
      const answer = await unchanged(storage, tenant.id, () => present(tenant, service));
      expectJsonError(answer, 400, 'invalid_grant', service);
      expect((await present(tenant, await newServiceToken(tenant, 'day'))).status).toBe(200);
    });

    it('CVE-2023-22492 X14 a disabled client: 401 for its own token', async () => {
      const ask = () => tenant.app('service').token({ grant_type: 'client_credentials' });
      expectJsonError(await unchanged(storage, tenant.id, ask), 401, 'invalid_client');
    });

    it.each(Object.keys(GRANTS))('X14 the living beside them: %s works', async (grant) => {
      // The exchange comes after the code that could not be redeemed twice, and before its family ends with nothing.
      const answer = await (GRANTS[grant] as (typeof GRANTS)[string])('living');
      expect([grant, answer.status, answer.status === 200 || answer.text]).toEqual([grant, 200, true]);
    });
  });
});
