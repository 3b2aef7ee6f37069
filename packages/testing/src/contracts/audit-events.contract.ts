import { type AuditEvent, auditEventId } from '@grantway/domain';
import { freshEnvironmentId, type World, worldOf } from './world.js';

const SECOND = 1_000;

export function describeAuditEvents(name: string, open: () => Promise<World>): void {
  describe(`AuditEvents: ${name}`, () => {
    const world = worldOf(open);
    const audit = (replica: 0 | 1 = 0) => world().replicas[replica].audit;
    const now = Date.now();

    const anEvent = (environmentId: string, changes: Partial<AuditEvent> = {}, moment = now): AuditEvent => ({
      ...{ id: auditEventId(moment), environmentId, event: 'token.issue', outcome: 'ok', clientId: 'shop' },
      ...changes,
    });

    it('house: what was recorded is read as it was, on another replica', async () => {
      const environmentId = freshEnvironmentId();
      const event = anEvent(environmentId, {
        ...{
          outcome: 'invalid_grant',
          reason: 'authorization_code.replayed',
          sub: 'user-1',
          actor: 'root',
          ip: '192.0.2.1',
        },
        ...{ requestId: 'request-1', grantType: 'authorization_code', scope: 'openid email' },
        authorizationId: '0199a1fb-9db4-73cd-80df-d030427e036d',
        sessionId: '0199a1fb-9db4-73cd-80df-d030427e036e',
        detail: { kind: 'refresh_token', list: ['a', 'b'] },
      });
      const bare = anEvent(environmentId, {}, now + 1);
      await audit().record([event, bare]);
      expect(await audit(1).read({ environmentId, limit: 9 })).toEqual([bare, event]);
    });

    it('house: recorded twice, in part or as a whole, it is there once', async () => {
      const environmentId = freshEnvironmentId();
      const events = [anEvent(environmentId), anEvent(environmentId)];
      await audit().record(events);
      await audit(1).record([...events, anEvent(environmentId)]);
      await audit().record([]);
      expect(await audit().read({ environmentId, limit: 9 })).toHaveLength(3);
    });

    it('MT-01 of another environment nothing is read, whatever is asked for', async () => {
      const [environmentId, other] = [freshEnvironmentId(), freshEnvironmentId()];
      await audit().record([anEvent(other, { sub: 'user-1' })]);
      for (const query of [{}, { sub: 'user-1' }, { clientId: 'shop' }, { outcome: 'ok' }]) {
        expect(await audit().read({ environmentId, limit: 9, ...query })).toEqual([]);
        expect(await audit().read({ environmentId: other, limit: 9, ...query })).toHaveLength(1);
      }
    });

    it('house: the newest first, so many and no more, and on from any of them', async () => {
      const environmentId = freshEnvironmentId();
      const events = Array.from({ length: 7 }, (_, n) => anEvent(environmentId, {}, now - n * SECOND));
      await audit().record(events.toReversed());
      const first = await audit().read({ environmentId, limit: 3 });
      expect(first).toEqual(events.slice(0, 3));
      const before = first.at(-1)?.id ?? '';
      expect(await audit().read({ environmentId, limit: 3, before })).toEqual(events.slice(3, 6));
      expect(await audit().read({ environmentId, limit: 9, since: new Date(now - 2 * SECOND) })).toEqual(
        events.slice(0, 3),
      );
    });

    it('house: events of one millisecond keep their order', async () => {
      const environmentId = freshEnvironmentId();
      const events = Array.from({ length: 50 }, () => anEvent(environmentId));
      await audit().record(events.toReversed());
      expect((await audit().read({ environmentId, limit: 50 })).toReversed()).toEqual(events);
    });

    it.each([
      [{ clientId: 'till' }, ['till']],
      [{ sub: 'user-2' }, ['theirs']],
      [{ event: 'user.sign_on' as const }, ['sign on', 'theirs']],
      [{ outcome: 'access_denied' }, ['theirs']],
      [{ outcome: 'refused' }, ['till', 'theirs']],
      [{ outcome: 'ok', event: 'user.sign_on' as const }, ['sign on']],
      [{ clientId: 'nobody' }, []],
      [{ sub: "' OR 1=1 --" }, []],
      [{ clientId: 'a\0b' }, []],
    ])('house: asked for %j', async (query, found) => {
      const environmentId = freshEnvironmentId();
      await audit().record([
        anEvent(environmentId, { requestId: 'plain' }),
        anEvent(environmentId, { requestId: 'till', clientId: 'till', outcome: 'invalid_scope' }),
        anEvent(environmentId, { requestId: 'sign on', event: 'user.sign_on', sub: 'user-1' }),
        anEvent(environmentId, { requestId: 'theirs', event: 'user.sign_on', sub: 'user-2', outcome: 'access_denied' }),
      ]);
      const events = await audit().read({ environmentId, limit: 9, ...query });
      expect(events.map(({ requestId }) => requestId).toReversed()).toEqual(found);
    });

    describe('handed on', () => {
      /** Hands on until nothing is left; other tests' events are passed over. */
      async function taken(environmentId: string, most = 2): Promise<string[]> {
        const ids: string[] = [];
        const take = async (events: readonly AuditEvent[]) => {
          ids.push(...events.filter((event) => event.environmentId === environmentId).map(({ id }) => id));
        };
        while ((await audit().handOn(most, take)) !== 0);
        return ids;
      }
      afterEach(() => audit().follow(false));

      it('I7 each once and in order, from when on somebody follows', async () => {
        const environmentId = freshEnvironmentId();
        await audit().record([anEvent(environmentId)]);
        await audit(1).follow(true);
        const events = Array.from({ length: 5 }, () => anEvent(environmentId));
        await audit().record(events);
        expect(await taken(environmentId)).toEqual(events.map(({ id }) => id));
        expect(await taken(environmentId)).toEqual([]);
        const late = anEvent(environmentId, {}, now - 60 * SECOND);
        await audit(1).record([late]);
        expect(await taken(environmentId)).toEqual([late.id]);
      });

      it('I7 what could not be taken comes again', async () => {
        const environmentId = freshEnvironmentId();
        await audit().follow(true);
        const events = Array.from({ length: 3 }, () => anEvent(environmentId));
        await audit().record(events);
        const away = () => Promise.reject(new Error('away'));
        await expect(audit().handOn(9, away)).rejects.toThrow('away');
        expect(await taken(environmentId)).toEqual(events.map(({ id }) => id));
      });

      it('house: of two processes one does it at a time', async () => {
        const environmentId = freshEnvironmentId();
        await audit().follow(true);
        await audit().record([anEvent(environmentId)]);
        let other: unknown = 'not asked';
        await audit().handOn(9, async () => {
          other = await audit(1).handOn(9, async () => {});
        });
        expect(other).toBeUndefined();
        expect(await audit(1).handOn(9, async () => {})).toBe(0);
      });

      it('house: when nobody follows any more nothing waits', async () => {
        const environmentId = freshEnvironmentId();
        await audit().follow(true);
        await audit().record([anEvent(environmentId)]);
        await audit(1).follow(false);
        await audit().record([anEvent(environmentId)]);
        expect(await taken(environmentId)).toEqual([]);
        expect(await audit().read({ environmentId, limit: 9 })).toHaveLength(2);
      });
    });
  });
}
