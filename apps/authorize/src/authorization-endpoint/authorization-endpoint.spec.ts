import type { HttpCall, HttpReply } from '@grantway/contracts';
import type { Client, Flow } from '@grantway/domain';
import { OAuthError, ScopeSet } from '@grantway/protocol';
import { aCall, aClient, aNewSession, anEnvironment, aPost, aPublicClient } from '@grantway/testing';
import { answerIn, FlowHouse, locationOf, PUBLIC_URL } from '../../test/flow-house.js';
import { AuthorizationEndpoint } from './authorization-endpoint.js';
import type { AuthorizeContext } from './authorize-context.js';

const ISSUER = `${PUBLIC_URL}/acme/as`;
const environment = anEnvironment();

function house(client: Client = aClient()) {
  return Object.assign(new FlowHouse({ clients: [client] }), { client });
}

describe('authorization endpoint', () => {
  /** The endpoint behind checks that have passed, or that end in `refusal`. */
  function endpoint(all: ReturnType<typeof house>, known: Partial<AuthorizeContext> = {}, refusal?: Error) {
    const check = {
      run: (context: AuthorizeContext) => {
        const proven = { client: all.client, redirectUri: 'https://shop.example/callback', responseType: 'code' };
        Object.assign(
          context,
          proven,
          {
            scope: ScopeSet.of('openid'),
            params: new Map([
              ['state', 's'],
              ['client_id', 'shop'],
            ]),
          },
          known,
        );
        if (refusal) throw refusal;
      },
    };
    const { policy, standings, answers, stores, documents, log } = all;
    const parts = [policy, standings, answers, stores.flows, documents] as const;
    const made = new AuthorizationEndpoint([check], ...parts, PUBLIC_URL, log);
    return (call: HttpCall) => made.start(call, environment, ISSUER);
  }
  const flowOf = async ({ stores }: ReturnType<typeof house>, reply: HttpReply): Promise<Flow | undefined> =>
    stores.flows.find('acme', /flowId=([0-9a-f-]+)$/.exec(locationOf(reply))?.[1] ?? '');

  it('design §3 session and consent suffice: the answer at once', async () => {
    const all = house(aClient({ trusted: true }));
    const { handle } = await all.stores.sessions.create(aNewSession());
    const reply = await endpoint(all)(aCall({ cookies: { session: handle } }));
    expect(answerIn(reply)).toEqual({ code: expect.stringMatching(/^gwac_/), state: 's', iss: ISSUER });
  });

  it('design §3 nobody is there: a flow begins, bound to this browser', async () => {
    const all = house();
    const reply = await endpoint(all)(aCall());
    expect(reply).toMatchObject({
      headers: { 'cache-control': 'no-store' },
      cookies: [{ name: 'browser', value: expect.any(String) }],
    });
    expect(await flowOf(all, reply)).toMatchObject({
      status: 'USERNAME_PASSWORD_REQUIRED',
      purpose: { kind: 'authorize', request: { state: 's', clientId: 'shop' } },
    });
  });

  it('A6 somebody is there who has not allowed it: the flow begins at consent', async () => {
    const all = house();
    const { handle, session } = await all.stores.sessions.create(aNewSession());
    const flow = await flowOf(all, await endpoint(all)(aCall({ cookies: { session: handle } })));
    expect(flow).toMatchObject({ status: 'AGREEMENT_CONSENT_REQUIRED', sessionId: session.id, userId: 'user-alice' });
  });

  it('A6 AZ-16 prompt=none never shows a page and never begins a flow', async () => {
    const all = house();
    const { handle } = await all.stores.sessions.create(aNewSession());
    let begun = 0;
    all.stores.flows.begin = async () => String(begun++);
    const silent = endpoint(all, { prompts: ['none'] });
    expect(answerIn(await silent(aCall()))).toMatchObject({ error: 'login_required', iss: ISSUER, state: 's' });
    expect(answerIn(await silent(aCall({ cookies: { session: handle } })))).toMatchObject({
      error: 'consent_required',
    });
    expect(begun).toBe(0);
  });

  it.each([[[]], [['none']]] as const)(
    'AZ-19 a form posted from another site brings no cookies, so the browser comes again by GET (prompt %j)',
    async (prompts) => {
      const ask = endpoint(house(), { prompts, resources: ['https://a.example', 'https://b.example'] });
      const resource = ['https://a.example', 'https://b.example'];
      const again = await ask(aPost({}, { form: { state: ['s'], client_id: ['shop'], resource } }));
      expect(locationOf(again)).toBe(
        `${ISSUER}/authorize?state=s&client_id=shop&resource=${encodeURIComponent('https://a.example')}&resource=${encodeURIComponent('https://b.example')}`,
      );
      expect(again.cookies).toBeUndefined();
    },
  );

  it('AZ-14 a public client on an app’s scheme is confirmed every time', async () => {
    const client = aPublicClient({ trusted: true });
    const all = house(client);
    const { handle } = await all.stores.sessions.create(aNewSession());
    await all.stores.consents.remember('acme', 'user-alice', client.id, ScopeSet.of('openid'));
    const reply = await endpoint(all, { client, redirectUri: 'com.example.app:/cb' })(
      aCall({ cookies: { session: handle } }),
    );
    expect(await flowOf(all, reply)).toMatchObject({ status: 'AGREEMENT_CONSENT_REQUIRED' });
  });

  it('AZ-02 an error before the redirect URI is proven is a page without a Location', async () => {
    const refusal = new OAuthError('invalid_request', { description: 'redirect_uri is not registered for the client' });
    const unproven = { redirectUri: undefined } as unknown as Partial<AuthorizeContext>;
    const reply = await endpoint(house(), unproven, refusal)(aCall());
    expect(reply).toMatchObject({ kind: 'page', status: 400, page: { kind: 'bad_request', code: 'invalid_request' } });
    expect(JSON.stringify(reply)).not.toContain('ocation');
  });

  it('A5 an error after it is a redirect, told in the mode that was asked for', async () => {
    const refusal = new OAuthError('invalid_scope', { description: 'scope is malformed', reason: 'internal' });
    const reply = await endpoint(house(), { responseMode: 'form_post' }, refusal)(aCall());
    expect(reply).toMatchObject({
      kind: 'form_post',
      action: 'https://shop.example/callback',
      fields: { error: 'invalid_scope', error_description: 'scope is malformed', state: 's', iss: ISSUER },
    });
    expect(JSON.stringify(reply)).not.toContain('internal');
  });

  it('I4 what is no verdict is not made one', async () => {
    await expect(endpoint(house(), {}, new Error('storage is away'))(aCall())).rejects.toThrow('storage is away');
  });
});
