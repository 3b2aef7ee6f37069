import { hashSecret, ServiceAccount } from '@grantway/domain';
import { aClient, anEnvironment, aResource, aServiceAccount, MemoryStores } from '@grantway/testing';
import { KeyLifecycle, ServiceTokenMinter } from '@grantway/token-signing';
import { EnvironmentApplier } from '../environment-applier.js';
import { AccountWords } from './service-account.args.js';
import { ServiceAccountOperations } from './service-account.operations.js';

const GOOD: AccountWords = { client: 'shop', scopes: ['orders:read'], lifetime: 60 };

/** An environment `acme` with the clients `shop` and `warehouse`; what signs is told what to do. */
function house({ mint = async () => ({ token: 'a.b.c', jtiHash: hashSecret('jti'), expiresAt: new Date(0) }) } = {}) {
  const stores = new MemoryStores();
  stores.environments.add(anEnvironment());
  stores.clients.add(aClient(), aClient({ id: 'warehouse', scopes: [] }));
  stores.resources.add(aResource());
  const applier = { requireItsKey: async () => {} } as unknown as EnvironmentApplier;
  const keys = { ensure: async () => [] } as unknown as KeyLifecycle;
  const { serviceAccounts, environments, clients, resources } = stores;
  const minter = { mint } as unknown as ServiceTokenMinter;
  const url = 'https://login.example';
  const operations = new ServiceAccountOperations(
    ...([serviceAccounts, environments, clients, resources, applier, keys, minter, url] as const),
  );
  return { operations, accounts: serviceAccounts };
}

describe('service account operations', () => {
  it('S8 a new account is on, and has its token', async () => {
    const { operations, accounts } = house();
    expect(await operations.create('acme', 'night', { ...GOOD, bindings: ['warehouse'] })).toMatchObject({
      token: 'a.b.c',
    });
    expect(await accounts.find('acme', 'night')).toMatchObject({
      ...{ name: 'night', enabled: true, clientId: 'shop', scopes: ['orders:read'], bindings: ['warehouse'] },
      jtiHash: hashSecret('jti'),
    });
  });

  it.each([
    ['an environment that is not there', 'nowhere', 'x', {}, 'there is no environment "nowhere"'],
    ['an id of other characters', 'acme', 'a b', {}, 'the id must be letters, digits, - and _, at most 64 of them'],
    ['an account that is there', 'acme', 'night', {}, 'there is a service account night already'],
    ['no client', 'acme', 'x', { client: undefined }, '--client is missing: the client that owns the account'],
    ['no scopes', 'acme', 'x', { scopes: undefined }, '--scopes is missing: what its tokens may carry'],
    ['a client that is not there', 'acme', 'x', { client: 'nobody' }, 'there is no client "nobody"'],
    [
      'a scope the client has not',
      'acme',
      'x',
      { scopes: ['stock:read'] },
      'the client shop has no scope "stock:read"',
    ],
    ['a scope of users', 'acme', 'x', { scopes: ['orders:place'] }, 'the scope orders:place needs a user'],
    ['a scope of OpenID Connect', 'acme', 'x', { scopes: ['openid'] }, 'the scope openid needs a user'],
    ['a binding that is not there', 'acme', 'x', { bindings: ['warehouse', 'no'] }, 'there is no client "no"'],
    ['no name', 'acme', 'x', { name: ' ' }, 'the name must be 1 to 64 characters, without control characters'],
    [
      'a name of two lines',
      'acme',
      'x',
      { name: 'a\nb' },
      'the name must be 1 to 64 characters, without control characters',
    ],
    [
      'a long description',
      ...(['acme', 'x', { description: 'd'.repeat(201) }] as const),
      'the description must be 1 to 200 characters, without control characters',
    ],
  ])('house: %s: nothing is written', async (_what, environmentId, id, changes, message) => {
    const { operations, accounts } = house();
    await accounts.save(aServiceAccount());
    const words = { ...GOOD, ...changes } as AccountWords;
    await expect(operations.create(environmentId, id, words)).rejects.toMatchObject({ name: 'BadInput', message });
    expect(await accounts.list('acme')).toHaveLength(1);
  });

  it('S8 what cannot be signed creates nothing, and kills no token that works', async () => {
    const { operations, accounts } = house({ mint: () => Promise.reject(new Error('no key')) });
    await expect(operations.create('acme', 'x', GOOD)).rejects.toThrow('no key');
    expect(await accounts.list('acme')).toEqual([]);
    await accounts.save(aServiceAccount());
    const before = await accounts.rotate('acme', 'night', hashSecret('works'));
    await expect(operations.regenerate('acme', 'night', {})).rejects.toThrow('no key');
    expect(await accounts.find('acme', 'night')).toEqual(before);
  });

  it.each([
    ['regenerate', (operations: ServiceAccountOperations) => operations.regenerate('acme', 'x', {})],
    ['update', (operations: ServiceAccountOperations) => operations.update('acme', 'x', {})],
    ['switch', (operations: ServiceAccountOperations) => operations.switch('acme', 'x', false)],
    ['delete', (operations: ServiceAccountOperations) => operations.delete('acme', 'x')],
  ])('house: there is nothing to %s', async (_what, act) => {
    await expect(act(house().operations)).rejects.toMatchObject({ message: 'there is no service account "x"' });
  });

  it('S8 an update changes what is said, clears what is said to be empty, and leaves version and token', async () => {
    const { operations, accounts } = house();
    await accounts.save(aServiceAccount({ description: 'old' }));
    const before = (await accounts.rotate('acme', 'night', hashSecret('works'))) as ServiceAccount;
    expect(await operations.update('acme', 'night', {})).toBe(false);
    expect(await operations.update('acme', 'night', { bindings: [], description: '', name: 'New' })).toBe(true);
    const { description: _gone, ...kept } = before;
    expect(await accounts.find('acme', 'night')).toEqual({ ...kept, bindings: [], name: 'New' });
  });

  it('S3 an update does not switch on again what was switched off meanwhile', async () => {
    const { operations, accounts } = house();
    await accounts.save(aServiceAccount());
    const find = accounts.find.bind(accounts);
    accounts.find = async (environmentId, id) => {
      const found = await find(environmentId, id);
      await accounts.change(environmentId, id, { enabled: false });
      return found;
    };
    expect(await operations.update('acme', 'night', { name: 'New' })).toBe(true);
    expect(await find('acme', 'night')).toMatchObject({ name: 'New', enabled: false });
  });

  it.each([
    ['update', (operations: ServiceAccountOperations) => operations.update('acme', 'night', { name: 'New' })],
    ['disable', (operations: ServiceAccountOperations) => operations.switch('acme', 'night', false)],
    ['enable', (operations: ServiceAccountOperations) => operations.switch('acme', 'night', true)],
    ['delete', (operations: ServiceAccountOperations) => operations.delete('acme', 'night')],
  ])('house: %s leaves the environment file the last word; a new token is no business of its', async (_what, act) => {
    const { operations, accounts } = house();
    accounts.configure(aServiceAccount());
    const before = await accounts.find('acme', 'night');
    const message = 'night belongs to the environment file: change it there';
    await expect(act(operations)).rejects.toMatchObject({ name: 'BadInput', message });
    expect(await accounts.find('acme', 'night')).toEqual(before);
    expect(await operations.regenerate('acme', 'night', {})).toMatchObject({ token: 'a.b.c' });
  });

  it('S3 switched off and on, it is the same account', async () => {
    const { operations, accounts } = house();
    await accounts.save(aServiceAccount());
    const before = await accounts.rotate('acme', 'night', hashSecret('works'));
    expect(await operations.switch('acme', 'night', false)).toBe(true);
    expect(await operations.switch('acme', 'night', false)).toBe(false);
    expect(await accounts.find('acme', 'night')).toMatchObject({ enabled: false });
    await operations.switch('acme', 'night', true);
    expect(await accounts.find('acme', 'night')).toEqual(before);
  });
});
