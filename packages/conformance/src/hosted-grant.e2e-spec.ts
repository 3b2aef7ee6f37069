import { setTimeout as sleep } from 'node:timers/promises';
import { decodeJwt } from 'jose';
import type { Tokens } from './support/app.js';
import { BackOffice, TRANSACTION, TRANSACTION_APPROVAL, withBank } from './support/back-office.js';
import { burst } from './support/burst.js';
import { Storage } from './support/database.js';
import { SECRET, Tenant } from './support/environments.js';
import { eventually } from './support/eventually.js';
import { basic, postForm, request } from './support/http.js';
import { target } from './support/target.js';
import { expectJsonError, unchanged } from './support/verdict.js';

/**
 * The class of examples/transaction-approval-grant, unchanged: in the token service (standalone), in a grant host (distributed);
 * in a process of the bank's own it is in faults/own-grant.
 */
describe('a team’s grant in a process of Grantway’s, design section 5', () => {
  const storage = new Storage();
  let tenant: Tenant;
  let away: Tenant;
  let office: BackOffice;

  beforeAll(async () => {
    [tenant, away] = await Promise.all([Tenant.create(withBank), Tenant.create(withBank)]);
    office = new BackOffice(process.env[`GRANTWAY_${target.mode.toUpperCase()}_APPROVALS_URL`] as string, tenant.id);
  });
  afterAll(() => storage.close());

  /** RFC 7662 §2.2, asked by the client itself. */
  const isActive = async (token = '') => {
    const answer = await postForm(`${tenant.issuer}/introspect`, { token }, basic('back-office', SECRET));
    return answer.json<{ active: boolean }>().active;
  };
  const release = (form: Record<string, string>) => office.release(tenant.issuer, form);

  it('RFC 6749 §4.5 it is advertised where it is on, and nowhere else', async () => {
    const grants = async (issuer: string) =>
      (await request(`${issuer}/.well-known/openid-configuration`)).json<{ grant_types_supported: string[] }>()
        .grant_types_supported;
    expect(
      await eventually(
        () => grants(tenant.issuer),
        (all) => all.includes(TRANSACTION_APPROVAL),
      ),
    ).toContain(TRANSACTION_APPROVAL);
    const plain = await Tenant.create();
    expect(await grants(plain.issuer)).not.toContain(TRANSACTION_APPROVAL);
    expectJsonError(await office.release(plain.issuer, await office.approve()), 400, 'unsupported_grant_type');
  });

  it('X6 on for the environment, off for the client: unauthorized_client', async () => {
    const form = { grant_type: TRANSACTION_APPROVAL, ...(await office.approve()) };
    const { id, secret = '' } = tenant.client('service');
    expectJsonError(await postForm(`${tenant.issuer}/token`, form, basic(id, secret)), 400, 'unauthorized_client');
  });

  it('RFC 8707 §2 an approval becomes a token for one transaction, of one resource, for two minutes at most', async () => {
    const answer = await release(await office.approve());
    expect([answer.status, answer.error]).toEqual([200, undefined]);
    const { access_token, ...reply } = answer.json<Tokens>();
    const { exp = 0, iat = 0, ...claims } = decodeJwt(access_token);
    expect(claims).toMatchObject({
      ...{ sub: 'emp-17', client_id: 'back-office', aud: 'https://payments.northbank.example' },
      ...{ scope: 'payments:release', transaction: TRANSACTION, acr: 'urn:northbank:acr:step-up' },
    });
    expect(exp - iat).toBeLessThanOrEqual(120);
    expect(Object.keys(reply).sort()).toEqual(['expires_in', 'scope', 'token_type']);
  });

  it('CO-02 I1 of 50 that present one approval at once, over every replica, one is served and no other fails otherwise', async () => {
    const form = await office.approve();
    const answers = await burst(50, () => release(form));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    for (const answer of answers) if (answer.status !== 200) expectJsonError(answer, 400, 'invalid_grant');
    const [winner] = answers.filter(({ status }) => status === 200);
    expect(await isActive(winner?.json<Tokens>().access_token)).toBe(true);
  });

  it('CO-01 design §4.2 presented again later: refused, and what came of it ends', async () => {
    const form = await office.approve();
    const { access_token } = (await release(form)).json<Tokens>();
    expect(await isActive(access_token)).toBe(true);
    // Longer than a request may have been on its way.
    await sleep(1_000);
    expectJsonError(await release(form), 400, 'invalid_grant');
    expect(await isActive(access_token)).toBe(false);
  });

  it('CO-12 a refusal leaves the approval as it is', async () => {
    const form = await office.approve();
    await unchanged(storage, tenant.id, async () => {
      expectJsonError(await release({ ...form, scope: 'orders:read' }), 400, 'invalid_scope');
      expectJsonError(await release({ ...form, resource: 'https://api.example/orders' }), 400, 'invalid_target');
    });
    expect((await release(form)).status).toBe(200);
  });

  it('MT-01 CO-04 another environment’s and another client’s look like no approval', async () => {
    const [elsewhere, anothers] = [await office.approve(), await office.approve({ client: 'web' })];
    await unchanged(storage, away.id, async () =>
      expectJsonError(await office.release(away.issuer, elsewhere), 400, 'invalid_grant'),
    );
    expectJsonError(await release(anothers), 400, 'invalid_grant');
    expect((await release(elsewhere)).status).toBe(200);
  });

  it('X14 CO-13 an employee who is locked gets nothing; unlocked, the approval is good again', async () => {
    const form = await office.approve();
    const lock = (status: 'locked' | 'active') =>
      tenant.change(() => void Object.assign(tenant.user('katherine'), { status }));
    await lock('locked');
    expectJsonError(await release(form), 400, 'invalid_grant');
    await lock('active');
    expect((await release(form)).status).toBe(200);
  });
});
