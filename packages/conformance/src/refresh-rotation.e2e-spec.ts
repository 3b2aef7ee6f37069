import { connect } from 'node:net';
import type { App, Tokens } from './support/app.js';
import { Storage } from './support/database.js';
import { Tenant } from './support/environments.js';
import { eventually } from './support/eventually.js';
import { Families } from './support/families.js';
import { basic } from './support/http.js';
import { SignedOn } from './support/signed-on.js';
import { expectJsonError } from './support/verdict.js';

describe('refresh tokens: rotation and reuse, seeds §7.6 R4 R5 R6, catalogue RT-01 RT-03 RT-09', () => {
  const storage = new Storage();
  const families = new Families(storage);
  let tenant: Tenant;
  const users: Record<string, SignedOn> = {};

  beforeAll(async () => {
    tenant = await Tenant.create((file) => {
      const [shop] = file.clients as [(typeof file.clients)[0]];
      file.lifetimes = { refreshIdle: 1_000, refreshAbsolute: 5_000 };
      file.clients.push(
        { ...shop, id: 'graceless', refresh: { grace: 0 } },
        { ...shop, id: 'patient', refresh: { grace: 86_400 } },
        { ...shop, id: 'lenient', refresh: { grace: 0, onReuse: 'refuse' } },
        { ...shop, id: 'short', refresh: { idle: 100, absolute: 150 } },
      );
    });
    for (const id of ['web', 'spa', 'graceless', 'patient', 'lenient', 'short'])
      users[id] = new SignedOn(tenant.app(id));
  });

  afterAll(() => storage.close());

  const at = (id: string) => users[id] as SignedOn;
  const successor = async (app: App, token: string) => (await app.refresh(token)).json<Tokens>();

  it.each([['spa'], ['web']])('R4 RT-07 %s: every use brings a new one', async (id) => {
    const { app } = at(id);
    const seen = [(await at(id).tokens()).refresh_token];
    for (let use = 0; use < 4; use += 1) seen.push((await successor(app, seen.at(-1) as string)).refresh_token);
    expect(new Set(seen).size).toBe(5);
    expect(await families.of(seen[0] as string)).toMatchObject({ generation: 4, revoked: false });
  });

  it('R4 RT-03 inside grace the retry gets the same successor; the access token works', async () => {
    const { app } = at('web');
    const { refresh_token } = await at('web').tokens();
    const [first, retry] = [await successor(app, refresh_token), await successor(app, refresh_token)];
    expect(retry.refresh_token).toBe(first.refresh_token);
    for (const { access_token } of [first, retry]) expect((await app.userInfo(access_token)).status).toBe(200);
    expect(await families.of(refresh_token)).toMatchObject({ generation: 1, revoked: false });
  });

  it.each([
    ['web', 5, 12],
    ['patient', 86_000, 86_500],
  ])('R4 R5 %s: after %i s still a retry, after %i s a reuse that ends the family', async (id, inside, outside) => {
    const { app } = at(id);
    // Only the age of the rotation is of interest here.
    const old = (await at(id).tokens()).refresh_token;
    const { refresh_token } = await successor(app, old);
    await families.age(old, inside, 'rotated_at');
    expect((await successor(app, old)).refresh_token).toBe(refresh_token);
    await families.age(old, outside - inside, 'rotated_at');
    expectJsonError(await app.refresh(old), 400, 'invalid_grant', old, refresh_token);
    expectJsonError(await app.refresh(refresh_token), 400, 'invalid_grant', old, refresh_token);
  });

  it('R4 RT-02 grace closes when the successor is used: the old one is then a reuse', async () => {
    const { app } = at('web');
    const first = (await at('web').tokens()).refresh_token;
    const second = (await successor(app, first)).refresh_token;
    const third = await successor(app, second);
    expectJsonError(await app.refresh(first), 400, 'invalid_grant', first);
    expectJsonError(await app.refresh(third.refresh_token), 400, 'invalid_grant', first);
    expectJsonError(await app.userInfo(third.access_token), 401, 'invalid_token');
  });

  it('R5 RT-01 reuse after use of the successor: family and every access token of it dead, other families alive', async () => {
    const { app } = at('graceless');
    const tokens = await at('graceless').tokens();
    const bystander = await at('graceless').tokens();
    const second = await successor(app, tokens.refresh_token);
    const third = await successor(app, second.refresh_token);
    await families.age(tokens.refresh_token, 2, 'rotated_at');
    expectJsonError(await app.refresh(tokens.refresh_token), 400, 'invalid_grant');
    for (const { access_token, refresh_token } of [tokens, second, third]) {
      expectJsonError(await app.userInfo(access_token), 401, 'invalid_token');
      expectJsonError(await app.refresh(refresh_token), 400, 'invalid_grant', refresh_token);
    }
    expect((await app.userInfo(bystander.access_token)).status).toBe(200);
    expect((await app.refresh(bystander.refresh_token)).status).toBe(200);
  });

  it('R5 a client’s flag limits reuse to refusal', async () => {
    const { app } = at('lenient');
    const { refresh_token } = await at('lenient').tokens();
    const second = await successor(app, refresh_token);
    await families.age(refresh_token, 60, 'rotated_at');
    expectJsonError(await app.refresh(refresh_token), 400, 'invalid_grant', refresh_token);
    expect((await app.refresh(second.refresh_token)).status).toBe(200);
  });

  it('R5 RT-04 a guessed secret for an old generation is no reuse: nothing is revoked', async () => {
    const { app } = at('graceless');
    const { refresh_token } = await at('graceless').tokens();
    const second = await successor(app, refresh_token);
    await families.age(refresh_token, 60, 'rotated_at');
    const guess = `${refresh_token.slice(0, -43)}${'A'.repeat(43)}`;
    expectJsonError(await app.refresh(guess), 400, 'invalid_grant', refresh_token);
    expect((await app.refresh(second.refresh_token)).status).toBe(200);
  });

  it('RT-03 ory/hydra #1831 #3004 #3604 the answer is cut off on the wire: the retry inside grace → 200, after it → RT-01', async () => {
    const { app } = at('web');
    const { refresh_token } = await at('web').tokens();
    await sendAndHangUp(app, refresh_token);
    const spent = await eventually(
      () => families.of(refresh_token),
      ({ generation }) => generation === 1,
    );
    expect(spent.generation).toBe(1);
    const retried = await successor(app, refresh_token);
    expect((await app.userInfo(retried.access_token)).status).toBe(200);
    await families.age(refresh_token, 30, 'rotated_at');
    expectJsonError(await app.refresh(refresh_token), 400, 'invalid_grant', refresh_token);
    expectJsonError(await app.refresh(retried.refresh_token), 400, 'invalid_grant', refresh_token);
  });

  it('R6 the new expiry is the earlier of idle from now and absolute from the family’s start', async () => {
    const { app } = at('web');
    const { refresh_token } = await at('web').tokens();
    const near = (seconds: number) => expect.closeTo(seconds, -1.5);
    expect(await families.of(refresh_token)).toMatchObject({ idle: near(1_000), absolute: near(5_000) });
    await families.age(refresh_token, 900);
    expect(await families.of(refresh_token)).toMatchObject({ idle: near(100), absolute: near(4_100) });
    const second = await successor(app, refresh_token);
    expect(await families.of(refresh_token)).toMatchObject({ idle: near(1_000), absolute: near(4_100) });
    await families.age(refresh_token, 3_700, 'absolute_expires_at');
    await successor(app, second.refresh_token);
    expect(await families.of(refresh_token)).toMatchObject({ idle: near(400), absolute: near(400) });
  });

  it('R6 the client’s own limits come before the environment’s', async () => {
    const { refresh_token } = await at('short').tokens();
    const near = (seconds: number) => expect.closeTo(seconds, -1.5);
    expect(await families.of(refresh_token)).toMatchObject({ idle: near(100), absolute: near(150) });
  });

  it.each([
    ['idle', 'idle_expires_at', 1_001],
    ['absolute', 'absolute_expires_at', 5_001],
  ] as const)(
    'R2 RT-09 past its %s limit → invalid_grant, not resurrected by trying',
    async (_limit, column, seconds) => {
      const { app } = at('web');
      const { refresh_token } = await at('web').tokens();
      await families.age(refresh_token, seconds, column);
      for (let attempt = 0; attempt < 3; attempt += 1) {
        expectJsonError(await app.refresh(refresh_token), 400, 'invalid_grant', refresh_token);
      }
      expect((await families.of(refresh_token)).generation).toBe(0);
    },
  );

  it('RT-09 a busy family still ends at its absolute limit, retries inside grace as well', async () => {
    const { app } = at('web');
    const { refresh_token } = await at('web').tokens();
    const second = await successor(app, refresh_token);
    await families.age(refresh_token, 5_001, 'absolute_expires_at');
    expectJsonError(await app.refresh(refresh_token), 400, 'invalid_grant', refresh_token);
    expectJsonError(await app.refresh(second.refresh_token), 400, 'invalid_grant', refresh_token);
  });

  it('workers-oauth-provider 0.8.1 around the last moment: a verdict, never a fault', async () => {
    const { app } = at('web');
    const tokens: string[] = [];
    for (let count = 0; count < 11; count += 1) tokens.push((await at('web').tokens()).refresh_token);
    const answers = await Promise.all(
      tokens.map(async (token, step) => {
        await families.age(token, 1_000.5 - step / 10, 'idle_expires_at');
        return app.refresh(token);
      }),
    );
    for (const answer of answers) expect(answer.status === 200 || answer.error === 'invalid_grant').toBe(true);
  });
});

/** A whole request, and nobody there for the answer. */
async function sendAndHangUp(app: App, refreshToken: string): Promise<void> {
  const { hostname, port, pathname } = new URL(`${app.issuer}/token`);
  const body = new URLSearchParams({ grant_type: 'refresh_token', refresh_token: refreshToken }).toString();
  const head = [
    `POST ${pathname} HTTP/1.1`,
    `Host: ${hostname}:${port}`,
    `Authorization: ${basic(app.clientId, app.secret ?? '')['authorization']}`,
    'Content-Type: application/x-www-form-urlencoded',
    `Content-Length: ${body.length}`,
  ];
  await new Promise<void>((resolve, reject) => {
    const socket = connect({ host: hostname, port: Number(port) }, () => {
      socket.end(`${head.join('\r\n')}\r\n\r\n${body}`, () => {
        socket.destroy();
        resolve();
      });
    });
    socket.on('error', reject);
  });
}
