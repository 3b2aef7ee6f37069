import { cibaTenant } from './support/ciba.js';
import { Storage } from './support/database.js';
import { addressOf, DOORS, doorAt } from './support/doors.js';
import { ADA, type Tenant } from './support/environments.js';
import { ApiFlow } from './support/flow.js';
import type { Answer } from './support/http.js';
import type { Person } from './support/person.js';
import { rawRequest } from './support/raw-http.js';
import { target } from './support/target.js';
import { expectClean, expectJsonError, unchanged } from './support/verdict.js';

const CHECK = 'application/vnd.pingidentity.usernamePassword.check+json';
const APPROVE = 'application/vnd.pingidentity.approve+json';

describe('HT-01 how JSON actions are read', () => {
  const storage = new Storage();
  let tenant: Tenant;
  let person: Person;
  let flow: ApiFlow;
  /** A live flow, and the approvals of somebody signed on: what is refused is the body. */
  let addresses: string[];

  beforeAll(async () => {
    tenant = await cibaTenant();
    person = tenant.person();
    await tenant.app().signIn(person, ADA);
    flow = await ApiFlow.begin(tenant.app(), person, { prompt: 'login' });
    addresses = DOORS.filter(({ body }) => body === 'action')
      .map((door) => addressOf(door, { baseUrl: target.baseUrl, id: tenant.id }))
      .map((url) => (url.includes('/flows/') ? flow.url : url));
  });
  afterAll(() => storage.close());

  const typeFor = (url: string) => (url.includes('/flows/') ? CHECK : APPROVE);
  const post = (url: string, body: string | Uint8Array | undefined, type?: string): Promise<Answer> => {
    const cookie = ['ST', 'SB'].map((name) => `${name}-${tenant.id}=${person.cookie(`${name}-${tenant.id}`)}`);
    return rawRequest(url, {
      method: 'POST',
      headers: {
        cookie: cookie.join('; '),
        origin: target.baseUrl,
        ...(type !== undefined && { 'content-type': type }),
      },
      ...(body !== undefined && { body }),
    });
  };
  const GOOD = JSON.stringify({ username: ADA.username, password: 'wrong-one' });
  /** Refused by the door itself, and nothing came of it. */
  const refused = async (send: (url: string) => Promise<Answer>, status = 400) => {
    for (const url of addresses) {
      const answer = await unchanged(storage, tenant.id, () => send(url));
      expectJsonError(answer, status, 'invalid_request', 'wrong-one');
    }
  };

  it('HT-01 the control: what is well-formed is read, in every spelling of its media type', async () => {
    expect(addresses).toHaveLength(2);
    for (const type of [CHECK, `${CHECK}; charset=utf-8`, CHECK.replace('application', 'Application')]) {
      const answer = await post(flow.url, GOOD, type);
      expectClean(answer);
      expect([answer.status, answer.json()['code']]).toEqual([400, 'INVALID_REQUEST']);
    }
    const [, approval = ''] = addresses;
    for (const body of ['{}', '']) expect((await post(approval, body, APPROVE)).status).toBe(404);
  });

  it.each([
    ['none at all', undefined],
    ['JSON', 'application/json'],
    ['JSON with a tab', 'application/json\ta'],
    ['a form', 'application/x-www-form-urlencoded'],
    ['text', 'text/plain'],
    ['no action', 'application/vnd.pingidentity.+json'],
    ['another vendor', 'application/vnd.evil.usernamePassword.check+json'],
    ['not JSON', 'application/vnd.pingidentity.usernamePassword.check+xml'],
    ['an action of other letters', 'application/vnd.pingidentity.__proto__+json'],
    ['an action with a path', 'application/vnd.pingidentity.../../x+json'],
    ['an action of 65 letters', `application/vnd.pingidentity.${'a'.repeat(65)}+json`],
    ['two types', `${CHECK}, application/json`],
    ['an unknown parameter', `${CHECK}; boundary=x`],
    ['a foreign charset', `${CHECK}; charset=utf-7`],
  ])('X1 HT-01 CVE-2025-32442 CVE-2026-3419 media type: %s → 400', async (_what, type) => {
    await refused((url) => post(url, GOOD, type));
  });

  it.each([
    ['no JSON', '{"username":'],
    ['text', 'username=ada'],
    ['null', 'null'],
    ['a number', '7'],
    ['a list', '[{"username":"ada"}]'],
    ['a text', '"ada"'],
    ['a comment', '{/* */"username":"ada"}'],
    ['a NUL', '{"username":"ada\\u0000"}'],
    ['a raw NUL', '{"username":"ada\0"}'],
    ['depth 100', `${'{"a":'.repeat(100)}1${'}'.repeat(100)}`],
    ['depth 10 000 of lists', `{"a":${'['.repeat(10_000)}${']'.repeat(10_000)}}`],
    ['__proto__', '{"username":"ada","__proto__":{"accept":true}}'],
    ['constructor', '{"constructor":{"prototype":{"accept":true}}}'],
    ['__proto__ further in', '{"a":{"b":[{"__proto__":1}]}}'],
  ])('HT-01 %s → 400, and nothing stored', async (_what, body) => {
    await refused((url) => post(url, body, typeFor(url)));
  });

  it('HT-01 bytes that are no UTF-8 → 400', async () => {
    const body = Buffer.concat([Buffer.from('{"username":"'), Buffer.of(0xff, 0xc3), Buffer.from('"}')]);
    await refused((url) => post(url, body, typeFor(url)));
  });

  it('X15 HT-01 2 MB, and a little more than the limit → 413', async () => {
    for (const url of addresses) {
      const { largest = 0 } = doorAt(url) ?? {};
      for (const length of [2_000_000, largest]) {
        const body = JSON.stringify({ username: 'a'.repeat(length) });
        const answer = await post(url, body, typeFor(url)).catch(refusedEarly);
        if (answer) expectJsonError(answer, 413, 'invalid_request');
      }
    }
  });

  it('X2 HT-01 an action nobody knows, and fields of the wrong kind → 400, and no state changes', async () => {
    const before = await flow.status();
    for (const name of ['constructor', 'toString', 'hasOwnProperty', 'then', 'otp.check', 'usernamepassword.check']) {
      const answer = await post(flow.url, '{}', `application/vnd.pingidentity.${name}+json`);
      expectClean(answer);
      expect([name, answer.status]).toEqual([name, 400]);
    }
    for (const username of [7, null, true, ['ada'], { $ne: '' }, 'a'.repeat(20_000), '\ud800', 'a\udfffb']) {
      const answer = await post(flow.url, JSON.stringify({ username, password: username }), CHECK);
      expectClean(answer);
      expect([String(username).slice(0, 20), answer.status]).toEqual([String(username).slice(0, 20), 400]);
    }
    expect(await flow.status()).toBe(before);
  });

  it('HT-01 10 000 members, and the same one twice, are as many members as are asked for', async () => {
    const many = Object.fromEntries(Array.from({ length: 4_000 }, (_, at) => [`f${at}`, at]));
    for (const body of [JSON.stringify(many), '{"username":"ada","username":"grace"}']) {
      const answer = await post(flow.url, body, CHECK);
      expectClean(answer);
      expect(answer.status).toBe(400);
    }
  });

  it('MT-04 HT-02 the id in the address counts, whatever the body says', async () => {
    const body = JSON.stringify({ id: flow.id, flowId: flow.id, environmentId: tenant.id, ...ADA });
    const nobodys = flow.url.replace(flow.id, '01a1fbeb-9db4-73cd-80df-d030427e036d');
    expect((await post(nobodys, body, CHECK)).status).toBe(404);
    expect((await post(`${flow.url}?action=user.consent`, '{}', APPROVE)).status).toBe(400);
  });
});

/** A server may close the connection on somebody who goes on sending; that is a refusal as well. */
function refusedEarly(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ECONNRESET' && error.code !== 'EPIPE') throw error;
}
