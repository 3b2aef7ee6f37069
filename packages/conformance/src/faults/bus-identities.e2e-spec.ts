import { copyFile, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  describeGrantService,
  freePort,
  ManagedProcess,
  makeBusIdentities,
  repositoryRoot,
} from '@grantway/local-services';
import { eventually } from '../support/eventually.js';
import { announce, USERS, WHO } from './support/bus-subjects.js';
import { GRANT_SERVERS, GuardedBus } from './support/guarded-bus.js';

const VIOLATION = /^'Permissions Violation for (Publish|Subscription) to "/;
const TEAM = 'grant-team-one';

describe('who is on the bus, design section 5', () => {
  let bus: GuardedBus;

  beforeAll(async () => {
    bus = await GuardedBus.start();
  });
  afterEach(() => bus.clear());
  afterAll(() => bus.stop());

  describe('a process of Grantway’s', () => {
    const said: string[] = [];

    /** The one service that needs nothing but the bus. */
    const aGateway = async (seedFile: string) => {
      said.length = 0;
      const [healthPort, port] = await Promise.all([freePort(), freePort()]);
      const gateway = new ManagedProcess({
        ...{ name: 'gateway', script: join(repositoryRoot, 'apps/gateway/dist/main.js'), ownGroup: false },
        readyUrl: `http://127.0.0.1:${healthPort}/healthz`,
        onLine: (line) => void said.push(line),
        env: {
          ...{ NATS_URL: bus.nats.url, NATS_NKEY_FILE: seedFile, LOG_LEVEL: 'debug', PUBLIC_URL: 'http://localhost' },
          ...{ HEALTH_PORT: String(healthPort), PORT: String(port) },
        },
      });
      await gateway.start();
      const ready = async () => (await fetch(`http://127.0.0.1:${healthPort}/readyz`)).status === 200;
      return {
        gateway,
        ready,
        token: () => fetch(`http://127.0.0.1:${port}/demo/as/token`, { method: 'POST', body: FORM }),
      };
    };

    const FORM = new URLSearchParams({ grant_type: 'client_credentials' });
    const logged = (message: string) => said.filter((line) => line.includes(`"msg":"${message}"`));

    it('IN-01 HT-06 with a seed the server does not know is not ready and says so; ready with the right one, without a restart', async () => {
      const elsewhere = await bus.foreign();
      const { gateway, ready } = await aGateway(elsewhere.seedFile('gateway'));
      try {
        await eventually(async () => logged('bus: the server refuses this identity').length, Boolean);
        expect(await ready()).toBe(false);
        await copyFile(bus.identities.seedFile('gateway'), elsewhere.seedFile('gateway'));
        expect(await eventually(ready, Boolean)).toBe(true);
        expect(logged('bus: the server refuses this identity')).toHaveLength(1);
        for (const file of [bus.identities.seedFile('gateway'), elsewhere.seedFile('gateway')]) {
          expect(said.join()).not.toContain((await readFile(file, 'utf8')).trim().slice(4));
        }
      } finally {
        await gateway.stop();
      }
    });

    it('IN-01 I4 with another service’s seed what it asks is refused: 503 at once, a clear line, and it stays up', async () => {
      const { gateway, token } = await aGateway(bus.identities.seedFile(TEAM));
      try {
        const pid = gateway.pid;
        for (let times = 0; times < 3; times++) {
          const answer = await eventually(token, () => logged('bus: permission violation').length > 0);
          expect([answer.status, answer.headers.has('retry-after')]).toEqual([503, true]);
        }
        expect(gateway.pid).toBe(pid);
        expect(said.join()).toMatch(
          /"operation":"(publish|subscription)","subject":"(token\.v1\.issue|_INBOX\.gateway\.\S+)"/,
        );
      } finally {
        expect(await gateway.stop()).toBe(true);
      }
    });

    it('IN-01 is given no way to PostgreSQL and no key, whatever is in the environment of who starts it', async () => {
      const script = join(bus.folder, 'shows-its-environment.mjs');
      await writeFile(
        script,
        `import { createServer } from 'node:http';
         console.log(JSON.stringify(process.env));
         createServer((_, reply) => reply.end()).listen(process.env.HEALTH_PORT);`,
      );
      const secrets = { DATABASE_URL: 'postgresql://canary-1@db', GRANTWAY_MASTER_KEY: 'canary-2' };
      const before = { ...process.env };
      Object.assign(process.env, secrets, { NATS_NKEY_SEED: 'canary-3', NATS_NKEY_FILE: 'canary-4' });
      const service = await describeGrantService({
        ...{ name: TEAM, script, natsUrl: bus.nats.url, ownGroup: false },
        ...{ seedFile: bus.identities.seedFile(TEAM), env: { ...secrets, APPROVALS_URL: 'https://approvals.example' } },
      });
      try {
        await service.start();
        const [said = ''] = service.lastLines(1);
        const env = JSON.parse(said) as Record<string, string>;
        expect(said).not.toContain('canary');
        expect(env).toMatchObject({
          ...{ NATS_URL: bus.nats.url, NATS_NKEY_FILE: bus.identities.seedFile(TEAM) },
          APPROVALS_URL: 'https://approvals.example',
        });
        for (const name of Object.keys(secrets)) expect(env).not.toHaveProperty(name);
      } finally {
        for (const name of ['NATS_NKEY_SEED', 'NATS_NKEY_FILE', ...Object.keys(secrets)]) delete process.env[name];
        Object.assign(process.env, before);
        await service.stop();
      }
    });
  });

  describe('the door', () => {
    const REFUSED = /Authorization Violation/;

    it('IN-01 CVE-2023-47090 nobody enters without an identity, nor by a name, a password or a token', async () => {
      const claims: Record<string, string>[] = [
        {},
        { user: 'token', pass: '' },
        { user: 'token', pass: 'token' },
        { user: '$G', pass: '' },
        { user: '$SYS', pass: '' },
        { user: 'sys', pass: 'sys' },
        { auth_token: 'token' },
        { jwt: 'e30.e30.e30' },
      ];
      for (const claim of claims) await expect(bus.enter(claim)).rejects.toThrow(REFUSED);
    });

    it('IN-01 nobody enters with a seed the list does not name, nor with a name whose seed they have not', async () => {
      const elsewhere = await bus.foreign();
      for (const name of ['token', TEAM]) {
        await expect(bus.enter({ seedFile: elsewhere.seedFile(name) })).rejects.toThrow(REFUSED);
      }
      const list = await readFile(bus.identities.users, 'utf8');
      const names = list.match(/U[A-Z2-7]{55}/g) ?? [];
      expect(names).toHaveLength(USERS.length);
      for (const nkey of names) {
        await expect(bus.enter({ seedFile: elsewhere.seedFile('token'), nkey })).rejects.toThrow(REFUSED);
        await expect(bus.enter({ nkey })).rejects.toThrow(REFUSED);
      }
    });

    it('house: a grant named later enters after a reload, and nobody who was there is cut off; one not named any more is', async () => {
      const token = await bus.as('token');
      const team = await bus.as('grant-team-two');
      try {
        const newcomer = await named(['team-one', 'team-three'], 'grant-team-three');
        expect(await newcomer.publish(announce('team-three'))).toBeUndefined();
        expect(await newcomer.publish(announce('team-one'))).toMatch(VIOLATION);
        expect(await token.publish(WHO)).toBeUndefined();
        expect(await team.publish(announce('team-two'))).toMatch(/Authorization Violation|closed/);
        await expect(bus.as('grant-team-two')).rejects.toThrow(REFUSED);
      } finally {
        await named(GRANT_SERVERS.grants, 'grant-team-two');
      }
      await expect(bus.as('grant-team-three')).rejects.toThrow(REFUSED);
    });

    /** Makes the server's list anew. @returns the one of it who enters as soon as the server has read it */
    const named = async (grants: readonly string[], newcomer: string) => {
      await makeBusIdentities(bus.identities.folder, { ...GRANT_SERVERS, grants });
      bus.nats.reload();
      const entered = await eventually(() => bus.as(newcomer).catch(() => undefined), Boolean);
      if (!entered) throw new Error(`${newcomer} is on the list, and does not enter`);
      return entered;
    };
  });
});
