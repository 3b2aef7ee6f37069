import { ClientAuthenticator, ClientSecretBasicMethod, ClientSecretHasher, NoneMethod } from '@grantway/client-auth';
import type { HttpCall, JsonReply } from '@grantway/contracts';
import { PUSHED_REQUESTS } from '@grantway/domain';
import { createLogger, EventLog } from '@grantway/platform';
import { OAuthError } from '@grantway/protocol';
import { aClient, anEnvironment, aPost, aPublicClient, MemoryStores } from '@grantway/testing';
import { ISSUER } from '../../test/a-context.js';
import type { AuthorizeContext } from '../authorization-endpoint/authorize-context.js';
import type { Step } from '../authorization-endpoint/step.js';
import { ParseParams } from '../authorization-endpoint/steps/parse-params.step.js';
import { PushedAuthorizationEndpoint } from './pushed-authorization-endpoint.js';

const hasher = new ClientSecretHasher(Buffer.alloc(32, 1));
const BASIC = { authorization: `Basic ${Buffer.from('shop:s3cret').toString('base64')}` };

/** The endpoint over memory stores, with the checks a test gives it. */
function house(...steps: Step[]) {
  const stores = new MemoryStores();
  stores.clients.add(aClient({ secretHashes: [hasher.hash('s3cret')], par: { required: false, lifetime: 90 } }));
  stores.clients.add(aPublicClient());
  const methods = [new ClientSecretBasicMethod(hasher), new NoneMethod()];
  const endpoint = new PushedAuthorizationEndpoint(
    [new ParseParams(), ...steps],
    new ClientAuthenticator(methods, stores.clients, stores.attempts),
    stores.attempts,
    stores.pushed,
    new EventLog(createLogger('test', 'silent')),
  );
  const push = async (form: Record<string, string>, overrides: Partial<HttpCall> = BASIC) =>
    (await endpoint.push(aPost(form, overrides), anEnvironment(), ISSUER)) as JsonReply & {
      body: { request_uri: string; error?: string };
    };
  const stored = async (reply: { body: { request_uri: string } }) =>
    (await stores.pushed.find('acme', reply.body.request_uri))?.params;
  return { stores, push, stored };
}

/** A check that looks, or one that refuses. */
const seeing = (look: (context: AuthorizeContext) => void): Step => ({ run: look });

describe('pushed authorization endpoint, RFC 9126', () => {
  it('P1 what counts is stored, credentials and what means nothing to us are not', async () => {
    const { push, stored } = house();
    const reply = await push({ scope: 'openid', state: 's', client_secret: '', unknown: 'x'.repeat(1_000) });
    expect([reply.status, reply.body]).toEqual([201, { request_uri: expect.any(String), expires_in: 90 }]);
    expect(await stored(reply)).toEqual({ client_id: ['shop'], scope: ['openid'], state: ['s'] });
  });

  it('house: whom a token of the client’s names is settled when it is pushed', async () => {
    const named = seeing((context) => Object.assign(context, { hintedSubject: 'user-alice', loginHint: 'alice' }));
    const { push, stored } = house(named);
    const params = await stored(await push({ login_hint_token: 'a.b.c' }));
    expect(params).toEqual({ client_id: ['shop'], login_hint: ['alice'], ' hinted subject': ['user-alice'] });
    // A request cannot bring that name itself.
    expect(await stored(await push({ ' hinted subject': 'user-mallory' }))).toEqual({ client_id: ['shop'] });
  });

  it('RFC 9126 §2.1 the checks know that it is being pushed, and their errors are JSON', async () => {
    const flags: boolean[] = [];
    const refusing = seeing(({ isPush }) => {
      flags.push(isPush);
      throw new OAuthError('invalid_scope', { description: 'no' });
    });
    const { push } = house(refusing);
    expect(await push({})).toMatchObject({ status: 400, body: { error: 'invalid_scope' } });
    expect(flags).toEqual([true]);
  });

  it.each([
    ['PR-03 a request_uri', { request_uri: 'urn:x' }, BASIC, [400, 'invalid_request']],
    ['PR-03 no credentials', {}, {}, [401, 'invalid_client']],
    ['P2 another client’s id', { client_id: 'spa' }, BASIC, [400, 'invalid_request']],
  ])('%s', async (_what, form, overrides, expected) => {
    const reply = await house().push(form as Record<string, string>, overrides);
    expect([reply.status, reply.body.error]).toEqual(expected);
  });

  it('P2 §2.3 a flood is braked: per client, and where anybody may name the client, per address', async () => {
    const { push } = house();
    const flood = async (form: Record<string, string>, overrides: Partial<HttpCall>) => {
      for (let sent = 0; sent < PUSHED_REQUESTS.points; sent += 1) await push(form, overrides);
      return push(form, overrides);
    };
    expect(await flood({}, BASIC)).toMatchObject({ status: 429, headers: { 'retry-after': expect.any(String) } });
    expect((await push({}, { ...BASIC, ip: '198.51.100.7' })).status).toBe(429);
    expect((await flood({ client_id: 'spa' }, { ip: '203.0.113.9' })).status).toBe(429);
    expect((await push({ client_id: 'spa' }, { ip: '198.51.100.7' })).status).toBe(201);
  });
});
