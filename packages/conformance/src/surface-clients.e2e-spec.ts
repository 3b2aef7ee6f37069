import { Storage } from './support/database.js';
import { ADA, SECRET, Tenant } from './support/environments.js';
import { type ClientDoor, clientDoors, EXCHANGE, knock, PASSWORD, withEveryGrant } from './support/every-grant.js';
import { type Answer, basic, postForm, sendingAlso } from './support/http.js';
import { rawRequest } from './support/raw-http.js';
import { expectClean, expectJsonError, sameVerdict, unchanged } from './support/verdict.js';

const PATHS = ['token', 'par', 'introspect', 'revoke', 'device_authorization', 'bc-authorize', 'cibaAuthorization'];

/** What every endpoint has in common at which a client says who it is: seeds X1, X2, X4, X8, catalogue MT-02, MT-04. */
describe('the doors of clients', () => {
  const storage = new Storage();
  let tenant: Tenant;
  let other: Tenant;

  beforeAll(async () => {
    [tenant, other] = await Promise.all([Tenant.create(withEveryGrant), Tenant.create(withEveryGrant)]);
  });
  afterAll(() => storage.close());

  const doorOf = (path: string) => clientDoors(tenant).find((door) => door.path === path) as ClientDoor;
  /** Refused, whatever host the request names, with nothing stored. */
  const refused = async (send: () => Promise<Answer>, status: number, error: string): Promise<Answer> => {
    const answer = await unchanged(storage, tenant.id, () => sameVerdict(send));
    expectJsonError(answer, status, error, SECRET);
    return answer;
  };

  it.each(PATHS)('X1 X7 /%s: the honest request, for every control below', async (path) => {
    const door = doorOf(path);
    const answer = await knock(tenant, door);
    expectClean(answer, SECRET);
    expect([answer.status, answer.headers.get('cache-control')]).toEqual([door.status, 'no-store']);
  });

  it.each(PATHS)('X2 /%s: unknown and empty parameters are as if they were not there', async (path) => {
    const door = doorOf(path);
    const more = { something: 'else', resource: '', client_assertion: '', client_assertion_type: '', __proto___: 'x' };
    expect((await knock(tenant, door, more)).status).toBe(door.status);
    for (const name of Object.keys(door.form())) {
      const form = { ...door.form(), [name]: '' };
      const [empty, absent] = [
        { ...door, form: () => form },
        { ...door, form: () => without(form, name) },
      ];
      const [left, right] = [await knock(tenant, empty), await knock(tenant, absent)];
      expect([name, left.status, left.status < 400 || left.error]).toEqual([
        name,
        right.status,
        right.status < 400 || right.error,
      ]);
    }
  });

  it.each(PATHS)(
    'X2 /%s: each parameter twice, its own and those of the credentials → invalid_request',
    async (path) => {
      const door = doorOf(path);
      const { clientId } = door;
      const pairs = { ...door.form(), client_id: clientId, client_secret: SECRET, something: 'else' };
      for (const [name, value] of Object.entries(pairs)) {
        const twice: [string, string][] =
          name in door.form()
            ? [[name, value]]
            : [
                [name, value],
                [name, value],
              ];
        const answer = await unchanged(storage, tenant.id, () => knock(tenant, door, twice));
        expectJsonError(answer, 400, 'invalid_request', SECRET);
      }
    },
  );

  it.each(PATHS)('X1 /%s: an empty body, none, JSON, and parameters in the query → no success', async (path) => {
    const door = doorOf(path);
    const headers = basic(door.clientId, SECRET);
    const url = `${tenant.issuer}/${path}`;
    const query = new URLSearchParams(door.form());
    await unchanged(storage, tenant.id, async () => {
      for (const answer of [
        await postForm(url, {}, headers),
        await rawRequest(url, { method: 'POST', headers }),
        await postForm(`${url}?${query}`, {}, headers),
      ]) {
        expect([answer.status, answer.url, answer.error]).toEqual([
          400,
          answer.url,
          expect.stringMatching(/^invalid_/),
        ]);
        expectJsonError(answer, 400, String(answer.error), SECRET);
      }
      const json = { ...headers, 'content-type': 'application/json' };
      const body = JSON.stringify(door.form());
      expectJsonError(await rawRequest(url, { method: 'POST', headers: json, body }), 400, 'invalid_request');
    });
  });

  it.each(PATHS)('X4 CA-02 /%s: two ways of saying who one is → invalid_request', async (path) => {
    const door = doorOf(path);
    const inBody = { client_id: door.clientId, client_secret: SECRET };
    await refused(() => knock(tenant, door, inBody), 400, 'invalid_request');
  });

  it.each(PATHS)('X4 CA-01 /%s: nobody, somebody unknown, a wrong secret, a way not registered → 401', async (path) => {
    const door = doorOf(path);
    const { clientId } = door;
    const challenged = async (headers: Record<string, string>, hasChallenge: boolean, more = {}) => {
      const answer = await refused(() => knock(tenant, door, more, headers), 401, 'invalid_client');
      const challenge = answer.headers.get('www-authenticate');
      expect(challenge).toEqual(hasChallenge ? expect.stringMatching(/^Basic realm=/) : null);
      return answer.text;
    };
    const texts = [
      await challenged(basic(clientId, 'wrong'), true),
      await challenged(basic('unheard-of', SECRET), true),
      await challenged({ authorization: 'Basic %%%' }, true),
      await challenged({}, false),
      await challenged({}, false, { client_id: clientId }),
      await challenged({}, false, { client_id: clientId, client_secret: SECRET }),
    ];
    // SE-02: a client that exists is told what nobody is told.
    expect(texts[0]).toBe(texts[1]);
  });

  it.each(PATHS)(
    'MT-02 MT-04 /%s: neither a host nor a name in request or header changes whose it is',
    async (path) => {
      const door = doorOf(path);
      const before = await storage.fingerprint(other.id);
      const { id, issuer } = other;
      const names = { environment: id, env: id, environmentId: id, tenant_id: id, issuer, iss: issuer };
      const headers = { 'x-env': id, 'x-environment': id, 'x-tenant-id': id, 'x-original-url': `/${id}/as/${path}` };
      const answer = await sendingAlso({ host: 'evil.example', 'x-forwarded-host': 'evil.example', ...headers }, () =>
        knock(tenant, door, names),
      );
      expectClean(answer, id);
      expect(answer.status).toBe(door.status);
      expect(await storage.fingerprint(other.id)).toEqual(before);
    },
  );

  it.each(PATHS)('MT-01 /%s: a secret that is good in the other environment alone is no good here', async (path) => {
    const [here, there] = await Promise.all([
      Tenant.create(withEveryGrant),
      Tenant.create((file) => {
        withEveryGrant(file);
        for (const client of file.clients) if (client.secret) client.secret = 'another-secret-of-some-length';
      }),
    ]);
    const door = clientDoors(here).find((each) => each.path === path) as ClientDoor;
    const theirs = basic(door.clientId, 'another-secret-of-some-length');
    const answer = await unchanged(storage, here.id, () => knock(here, door, {}, theirs));
    expectJsonError(answer, 401, 'invalid_client');
    expect((await knock(there, door, {}, theirs)).status).toBe(door.status);
    expect((await knock(here, door)).status).toBe(door.status);
  });

  it.each([
    ...['client_credentials', PASSWORD, EXCHANGE].map((grant_type) => ['token', { grant_type, ...ADA }] as const),
    ...['introspect', 'bc-authorize', 'cibaAuthorization'].map((path) => [path, {}] as const),
  ])('CA-11 C1 T6 B3 TX-07 IR-01 a public client at /%s with %j → 401 or unauthorized_client', async (path, form) => {
    const door = { ...(doorOf(path) as ClientDoor), clientId: 'tv' };
    const more = { client_id: 'tv', ...(form as Record<string, string>) };
    const answer = await unchanged(storage, tenant.id, () => knock(tenant, door, more, {}));
    expectJsonError(answer, answer.status, String(answer.error), ADA.password);
    expect([
      [401, 'invalid_client'],
      [400, 'unauthorized_client'],
    ]).toContainEqual([answer.status, answer.error]);
  });

  it('HT-05 X15 CA-01 guesses at one client’s secret count together, at whichever door and from whatever claimed address', async () => {
    const own = await Tenant.create(withEveryGrant);
    const doors = ['token', 'introspect', 'revoke', 'par'].map(
      (path): ClientDoor => ({
        ...(clientDoors(own).find((door) => door.path === path) as ClientDoor),
        clientId: 'web',
      }),
    );
    const guess = (n: number) => {
      const claimed = { 'x-forwarded-for': `203.0.113.${n}`, 'x-real-ip': `203.0.113.${n}` };
      return knock(own, doors[n % doors.length] as ClientDoor, {}, { ...basic('web', `wrong-${n}`), ...claimed });
    };
    let tries = 0;
    while (tries < 80 && (await guess(tries)).status !== 429) tries += 1;
    expect(tries).toBeLessThan(80);
    for (const door of doors) {
      const answer = await knock(own, door, {}, basic('web', 'wrong'));
      expectJsonError(answer, 429, 'too_many_requests', SECRET);
      expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
    }
    // Another client at the same doors, and another environment's web, are not held up.
    expect((await knock(own, clientDoors(own)[0] as ClientDoor)).status).toBe(200);
    expect((await knock(tenant, doorOf('par'))).status).toBe(201);
  });
});

function without(form: Record<string, string>, name: string): Record<string, string> {
  return Object.fromEntries(Object.entries(form).filter(([each]) => each !== name));
}
