import { createHash } from 'node:crypto';
import { decodeJwt } from 'jose';
import type { Tokens } from './support/app.js';
import {
  Approver,
  type Asked,
  aTill,
  cibaTenant,
  type RequestRow,
  RequestRows,
  requestId,
  Till,
} from './support/ciba.js';
import { Storage } from './support/database.js';
import { ADA, type Tenant } from './support/environments.js';
import { eventually } from './support/eventually.js';
import { Receiver } from './support/receiver.js';
import { target } from './support/target.js';
import { expectJsonError } from './support/verdict.js';

const half = (text: string) =>
  createHash('sha256').update(text, 'ascii').digest().subarray(0, 16).toString('base64url');

describe('ping and push, seeds 7.9', () => {
  const storage = new Storage();
  const rows = new RequestRows(storage);
  const receivers: Record<string, Receiver> = {};
  let tenant: Tenant;
  let ada: Approver;

  beforeAll(async () => {
    const second = (response: Parameters<Parameters<typeof Receiver.open>[0] & object>[0], time: number) =>
      void response.writeHead(time <= 2 ? 500 : 200).end('whatever');
    Object.assign(receivers, {
      elsewhere: await Receiver.open(),
      good: await Receiver.open(),
      hangs: await Receiver.open(() => {}),
      recovers: await Receiver.open(second),
      recovering: await Receiver.open(second),
      refuses: await Receiver.open((response) => void response.writeHead(403).end()),
      unknown: await Receiver.open((response) => void response.writeHead(401).end()),
      redirects: await Receiver.open((response) => {
        response.writeHead(301, { location: receivers['elsewhere']?.url ?? '' }).end();
      }),
    });
    tenant = await cibaTenant((file) => {
      const at = (name: string) => receivers[name]?.url ?? '';
      const client = (id: string, delivery: 'ping' | 'push', notificationEndpoint: string) =>
        aTill(file, { id, backchannel: { delivery, notificationEndpoint } });
      file.clients.push(
        ...['good', 'hangs', 'recovers', 'refuses', 'unknown', 'redirects'].map((name) =>
          client(name, 'ping', at(name)),
        ),
        ...['good', 'recovering', 'refuses'].map((name) => client(`push-${name}`, 'push', at(name))),
        client('push-nowhere', 'push', 'http://127.0.0.1:9/'),
      );
    });
    ada = new Approver(tenant, tenant.person(), target.baseUrl);
    await ada.look();
  });
  afterAll(async () => {
    await Promise.all(Object.values(receivers).map((each) => each.close()));
    await storage.close();
  });

  const receiver = (name: string) => receivers[name] as Receiver;
  const tillOf = (id: string) => new Till(tenant.app(id));
  const ask = (till: Till, changes: Record<string, string> = {}) =>
    till.ask({ login_hint: ADA.username, client_notification_token: till.notificationToken, ...changes });
  const settled = (asked: Asked, hurry = false): Promise<RequestRow> =>
    eventually(
      async () => {
        if (hurry) await rows.hurry(asked);
        return rows.of(asked);
      },
      ({ notified, given_up }) => notified || given_up,
      25,
    );

  describe('ping', () => {
    it.each(['approve', 'deny'] as const)(
      'B11 CB-06 CIBA Core §10.2 %s: one POST with the bearer token and nothing but the id',
      async (verdict) => {
        const till = tillOf('good');
        const asked = await ask(till);
        expect(receiver('good').received.filter(({ body }) => body['auth_req_id'] === asked.auth_req_id)).toEqual([]);
        await ada.answer(asked, verdict);
        const [ping, ...more] = await receiver('good').about(asked.auth_req_id);
        expect(more).toEqual([]);
        expect(ping).toMatchObject({
          method: 'POST',
          headers: { authorization: `Bearer ${till.notificationToken}`, 'content-type': 'application/json' },
        });
        expect(ping?.body).toEqual({ auth_req_id: asked.auth_req_id });
        expect(await settled(asked)).toMatchObject({ notified: true, given_up: false, notification_attempts: 1 });
        const answer = await till.poll(asked);
        expect([answer.status, answer.error]).toEqual(
          verdict === 'approve' ? [200, undefined] : [400, 'access_denied'],
        );
      },
    );

    it('I7 CB-06 a receiver that answers 500 twice is told again, and then it is done', async () => {
      const asked = await ada.answer(await ask(tillOf('recovers')));
      expect(await settled(asked, true)).toMatchObject({ notified: true, given_up: false });
      expect(await receiver('recovers').about(asked.auth_req_id, 3)).toHaveLength(3);
      expect((await tillOf('recovers').poll(asked)).status).toBe(200);
    }, 180_000);

    it.each([
      ['refuses', 'it answered 403'],
      ['unknown', 'it answered 401'],
      ['redirects', 'it answered 301'],
    ])(
      'CB-06 a receiver that %s is asked once and given up visibly; the tokens can still be fetched',
      async (name, trouble) => {
        const asked = await ada.answer(await ask(tillOf(name)));
        expect(await settled(asked)).toMatchObject({ notified: false, given_up: true, notification_trouble: trouble });
        expect(await receiver(name).about(asked.auth_req_id)).toHaveLength(1);
        expect(receiver('elsewhere').received).toEqual([]);
        expect((await tillOf(name).poll(asked)).status).toBe(200);
      },
    );

    it('I11 CB-06 receivers that hang keep nobody else’s ping; what hangs for good is given up', async () => {
      const hanging = [];
      for (let index = 0; index < 3; index++) hanging.push(await ada.answer(await ask(tillOf('hangs'))));
      const began = Date.now();
      const good = await ada.answer(await ask(tillOf('good')));
      expect(await receiver('good').about(good.auth_req_id)).toHaveLength(1);
      expect(Date.now() - began).toBeLessThan(5_000);
      const [first] = hanging as [Asked];
      const tried = await eventually(
        () => rows.of(first),
        ({ notification_attempts }) => notification_attempts > 0,
        20,
      );
      expect(tried).toMatchObject({ notified: false, given_up: false, notification_trouble: 'no answer in time' });
      expect((await tillOf('hangs').poll(first)).status).toBe(200);
      // As if all but the last attempt were over.
      await storage.rows(
        `UPDATE graphile_worker._private_jobs SET attempts = max_attempts - 1, run_at = now()
         WHERE key = 'backchannel ' || $1::uuid AND locked_at IS NULL`,
        [requestId(first)],
      );
      expect(await settled(first)).toMatchObject({ notified: false, given_up: true });
    }, 270_000);
  });

  describe('push', () => {
    it('CIBA Core §10.3.1 approved: tokens bound together by the ID token, and they are good', async () => {
      const till = tillOf('push-good');
      const asked = await ask(till, { scope: 'openid offline_access orders:read' });
      expect(asked).not.toHaveProperty('interval');
      await ada.answer(asked);
      const [push] = await receiver('good').about(asked.auth_req_id);
      expect(push?.headers.authorization).toBe(`Bearer ${till.notificationToken}`);
      const tokens = push?.body as unknown as Tokens;
      expect(push?.body).toEqual({
        ...{ auth_req_id: asked.auth_req_id, token_type: 'Bearer', expires_in: expect.any(Number) },
        ...{ access_token: expect.any(String), id_token: expect.any(String), refresh_token: expect.any(String) },
        scope: 'openid offline_access orders:read',
      });
      expect(decodeJwt(tokens.id_token)).toMatchObject({
        ...{ aud: 'push-good', iss: tenant.issuer, at_hash: half(tokens.access_token) },
        'urn:openid:params:jwt:claim:auth_req_id': asked.auth_req_id,
        'urn:openid:params:jwt:claim:rt_hash': half(tokens.refresh_token),
      });
      expect((await till.app.userInfo(tokens.access_token)).status).toBe(200);
      expect((await till.app.refresh(tokens.refresh_token)).status).toBe(200);
      expectJsonError(await till.poll(asked), 400, 'unauthorized_client');
      expect(await settled(asked)).toMatchObject({ notified: true, spent: true });
    });

    it('CIBA Core §12 denied: an error, and nothing is spent', async () => {
      const asked = await ada.answer(await ask(tillOf('push-good')), 'deny');
      const [push] = await receiver('good').about(asked.auth_req_id);
      expect(push?.body).toMatchObject({ auth_req_id: asked.auth_req_id, error: 'access_denied' });
      expect(push?.body).not.toHaveProperty('access_token');
      expect(await settled(asked)).toMatchObject({ notified: true, spent: false });
    });

    it('CIBA Core §12 nobody answered in time: expired_token', async () => {
      const asked = await ask(tillOf('push-good'), { requested_expiry: '1' });
      const [push] = await receiver('good').about(asked.auth_req_id);
      expect(push?.body).toMatchObject({ auth_req_id: asked.auth_req_id, error: 'expired_token' });
    });

    it('I1 I7 a push that is repeated spends once: one authorization, the same refresh token, all of it good', async () => {
      const till = tillOf('push-recovering');
      const asked = await ada.answer(await ask(till, { scope: 'openid offline_access' }));
      expect(await settled(asked, true)).toMatchObject({ notified: true, spent: true });
      const pushes = (await receiver('recovering').about(asked.auth_req_id, 3)).map(
        ({ body }) => body as unknown as Tokens,
      );
      expect(pushes).toHaveLength(3);
      expect(new Set(pushes.map(({ refresh_token }) => refresh_token)).size).toBe(1);
      expect(await rows.authorizations(tenant, 'push-recovering')).toBe(1);
      for (const { access_token } of pushes) expect((await till.app.userInfo(access_token)).status).toBe(200);
      expect((await till.app.refresh(pushes[0]?.refresh_token ?? '')).status).toBe(200);
    }, 180_000);

    it('CB-06 a receiver that refuses is given up visibly', async () => {
      const asked = await ada.answer(await ask(tillOf('push-refuses')));
      expect(await settled(asked)).toMatchObject({
        notified: false,
        given_up: true,
        notification_trouble: 'it answered 403',
      });
    });

    it('I7 a receiver that is away is tried again', async () => {
      const asked = await ada.answer(await ask(tillOf('push-nowhere')));
      const tried = await eventually(
        () => rows.of(asked),
        ({ notification_attempts }) => notification_attempts >= 1,
        15,
      );
      expect(tried).toMatchObject({ notified: false, given_up: false });
      expect(tried.notification_trouble).toMatch(/^no answer/);
    });
  });

  it('HT-06 nothing of a notification is stored in the clear', async () => {
    const till = tillOf('push-nowhere');
    const asked = await ada.answer(await ask(till));
    await eventually(
      () => rows.of(asked),
      ({ notification_attempts }) => notification_attempts >= 1,
      15,
    );
    expect(await storage.holds(till.notificationToken)).toBe(false);
    expect(await storage.holds(asked.auth_req_id)).toBe(false);
    const [job] = await storage.rows<{ job: string }>(
      `SELECT row_to_json(jobs)::text AS job FROM graphile_worker._private_jobs jobs WHERE key = 'backchannel ' || $1::uuid`,
      [requestId(asked)],
    );
    expect(job?.job).toBeDefined();
    for (const secret of [till.notificationToken, asked.auth_req_id, 'eyJ']) expect(job?.job).not.toContain(secret);
  });

  it('DR-05 an address that may not be called is given up, and nobody comes', async () => {
    const inside = await Receiver.open();
    const closed = await cibaTenant((file) => {
      file.outbound = { privateAddresses: false };
      const notificationEndpoint = `https://127.0.0.1:${inside.port}/`;
      file.clients.push(aTill(file, { id: 'inside', backchannel: { delivery: 'ping', notificationEndpoint } }));
    });
    const till = new Till(closed.app('inside'));
    const approver = new Approver(closed, closed.person(), target.baseUrl);
    const asked = await approver.answer(await ask(till));
    expect(await settled(asked)).toMatchObject({ notified: false, given_up: true });
    expect(inside.received).toEqual([]);
    await inside.close();
  });
});
