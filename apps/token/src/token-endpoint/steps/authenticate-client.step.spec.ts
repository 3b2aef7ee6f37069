import type { ClientAuthenticator } from '@grantway/client-auth';
import type { HttpCall } from '@grantway/contracts';
import type { Client } from '@grantway/domain';
import { OAuthError } from '@grantway/protocol';
import { aClient, anEnvironment, aPost, MemoryStores } from '@grantway/testing';
import type { RegisteredGrant } from '../grant-registry.js';
import { TokenContext } from '../token-context.js';
import { AuthenticateClient } from './authenticate-client.step.js';

const shop = aClient();
const other = aClient({ id: 'other' });

interface Given {
  readonly clients?: 'any' | 'named-by-grant';
  readonly form?: Record<string, string>;
  readonly call?: Partial<HttpCall>;
  /** Whom the credentials prove. */
  readonly proven?: Client;
  /** Whom the assertion names. */
  readonly named?: string | undefined;
}

function step({ clients = 'named-by-grant', form = {}, call = {}, ...given }: Given) {
  const stores = new MemoryStores();
  stores.clients.add(shop, other, aClient({ id: 'off', enabled: false }));
  const authenticated: string[] = [];
  const authenticate = async () => {
    if (!given.proven) throw new OAuthError('invalid_client');
    authenticated.push(given.proven.id);
    return given.proven;
  };
  const context = new TokenContext(aPost(form, call), anEnvironment(), 'https://login.example/acme/as');
  context.form = new Map(Object.entries(form));
  context.grant = {
    options: { type: 'urn:x', clients },
    params: (all: ReadonlyMap<string, string>) => ({ assertion: all.get('assertion') }),
    handler: 'named' in given && given.named === undefined ? {} : { clientOf: async () => given.named ?? 'shop' },
  } as unknown as RegisteredGrant;
  const authenticator = { authenticate } as unknown as ClientAuthenticator;
  const run = async () => {
    await new AuthenticateClient(authenticator, stores.resources, stores.clients).run(context);
    return { client: context.client.id, authenticated };
  };
  return run();
}

describe('AuthenticateClient', () => {
  it('RFC 6749 §3.2.1 any grant: the client that proves itself', async () => {
    expect(await step({ clients: 'any', proven: shop })).toEqual({ client: 'shop', authenticated: ['shop'] });
    await expect(step({ clients: 'any' })).rejects.toMatchObject({ code: 'invalid_client' });
  });

  describe('RFC 7521 §4.1 a grant that names its client', () => {
    it.each([
      ['without credentials', {}, []],
      ['with its id alone', { form: { client_id: 'shop' } }, []],
      ['with its credentials', { call: { authorization: 'Basic x' }, proven: shop }, ['shop']],
      ['with its secret in the form', { form: { client_secret: 'x' }, proven: shop }, ['shop']],
      ['with its assertion', { form: { client_assertion: 'x' }, proven: shop }, ['shop']],
    ] as [string, Given, string[]][])('%s it is the named one', async (_how, given, authenticated) => {
      expect(await step(given)).toEqual({ client: 'shop', authenticated });
    });

    it.each([
      ['X4 wrong credentials', { call: { authorization: 'Basic x' } }, 'invalid_client'],
      ['X4 half an assertion', { form: { client_assertion_type: 'x' } }, 'invalid_client'],
      ['another client', { call: { authorization: 'Basic x' }, proven: other }, 'invalid_grant'],
      ['another client’s id', { form: { client_id: 'other' } }, 'invalid_grant'],
      ['X14 a client that is disabled', { named: 'off' }, 'invalid_grant'],
      ['X14 a client that is gone', { named: 'gone' }, 'invalid_grant'],
    ] as [string, Given, string][])('%s is refused', async (_what, given, code) => {
      await expect(step(given)).rejects.toMatchObject({ code });
    });

    it('house: a grant that does not say fails closed', async () => {
      await expect(step({ named: undefined })).rejects.toThrow('does not name its client');
    });
  });
});
