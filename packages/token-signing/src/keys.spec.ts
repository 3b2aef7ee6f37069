import type { KeyState, SigningKey } from '@grantway/domain';
import { type KeptKey, MemorySigningKeys } from '@grantway/testing';
import { decodeProtectedHeader } from 'jose';
import { KeyEncryption } from './key-encryption.js';
import { KeyLifecycle } from './key-lifecycle.js';
import { KeyRing } from './key-ring.js';
import { TokenSigner } from './token-signer.js';

const encryption = new KeyEncryption(Buffer.alloc(32, 1));

function house(keys = new MemorySigningKeys()) {
  const ring = new KeyRing(keys, encryption);
  return { keys, ring, lifecycle: new KeyLifecycle(keys, encryption), signer: new TokenSigner(ring) };
}

async function signedBy({ signer }: ReturnType<typeof house>, environmentId = 'acme'): Promise<string | undefined> {
  const token = await signer.sign({ environmentId, algorithm: 'ES256', type: 'JWT', claims: { sub: 'alice' } });
  return decodeProtectedHeader(token).kid;
}

function move(keys: MemorySigningKeys, kid: string, state: KeyState): void {
  keys.set(keys.row('acme', kid) as KeptKey, state);
}

describe('KeyLifecycle', () => {
  it('design §6 gives an environment one active key for each algorithm', async () => {
    const { lifecycle, keys } = house();
    expect(await lifecycle.ensure('acme', ['ES256', 'RS256', 'ES256'])).toHaveLength(2);
    expect((await keys.list('acme')).map(({ algorithm, state }) => [algorithm, state])).toEqual([
      ['ES256', 'active'],
      ['RS256', 'active'],
    ]);
  });

  it('design §6 a second time nothing is made', async () => {
    const { lifecycle, keys } = house();
    const made = await lifecycle.ensure('acme', ['ES256']);
    expect(await lifecycle.ensure('acme', ['ES256'])).toEqual([]);
    expect((await keys.list('acme')).map(({ kid }) => kid)).toEqual(made);
  });

  it('I8 of processes that start together one makes the key, and none fails', async () => {
    const shared = new MemorySigningKeys();
    const made = await Promise.all(Array.from({ length: 5 }, () => house(shared).lifecycle.ensure('acme', ['ES256'])));
    expect(made.flat()).toHaveLength(1);
    expect(await shared.list('acme')).toHaveLength(1);
  });

  it('I4 a store that is away is no reason to believe that a key is there', async () => {
    const { lifecycle, keys } = house();
    keys.add = () => Promise.reject(new Error('storage is away'));
    await expect(lifecycle.ensure('acme', ['ES256'])).rejects.toThrow('storage is away');
  });

  it('JW-07 an announced key is published and signs nothing; made active, it signs', async () => {
    const all = house();
    const [first = ''] = await all.lifecycle.ensure('acme', ['ES256']);
    const second = await all.lifecycle.announce('acme', 'ES256');
    expect((await all.ring.jwks('acme')).keys.map(({ kid }) => kid)).toEqual([first, second]);
    expect(await signedBy(all)).toBe(first);

    move(all.keys, first, 'retiring');
    move(all.keys, second, 'active');
    expect(await signedBy(all)).toBe(second);
    expect((await all.ring.jwks('acme')).keys).toHaveLength(2);
  });

  it('RFC 7638 a kid is the thumbprint, so no two keys share one', async () => {
    const { lifecycle, keys } = house();
    for (const environment of ['acme', 'other']) await lifecycle.ensure(environment, ['ES256']);
    const kids = [...(await keys.list('acme')), ...(await keys.list('other'))].map(({ kid }) => kid);
    expect(new Set(kids).size).toBe(2);
    for (const kid of kids) expect(kid).toMatch(/^[A-Za-z0-9_-]{43}$/);
  });
});

describe('KeyRing', () => {
  it('JW-07 JWKS has public members alone', async () => {
    const { ring, lifecycle } = house();
    await lifecycle.ensure('acme', ['ES256', 'RS256']);
    await lifecycle.announce('acme', 'RS256');
    const { keys } = await ring.jwks('acme');
    expect(keys.map((key) => Object.keys(key).sort())).toEqual([
      ['alg', 'crv', 'kid', 'kty', 'use', 'x', 'y'],
      ['alg', 'e', 'kid', 'kty', 'n', 'use'],
      ['alg', 'e', 'kid', 'kty', 'n', 'use'],
    ]);
  });

  it('MT-03 JWKS of one environment holds no key of another', async () => {
    const { ring, lifecycle } = house();
    const [ours] = await lifecycle.ensure('acme', ['ES256']);
    await lifecycle.ensure('other', ['ES256']);
    expect((await ring.jwks('acme')).keys.map(({ kid }) => kid)).toEqual([ours]);
    expect((await ring.jwks('nobody')).keys).toEqual([]);
  });

  it('JW-07 a retired key is not published and verifies nothing from that moment on', async () => {
    const { ring, lifecycle, keys } = house();
    const [kid = ''] = await lifecycle.ensure('acme', ['ES256']);
    expect(await ring.verifier('acme', kid, 'ES256')).toBeDefined();
    move(keys, kid, 'retired');
    expect(await ring.verifier('acme', kid, 'ES256')).toBeUndefined();
    expect((await ring.jwks('acme')).keys).toEqual([]);
  });

  it('JW-07 a retiring key still verifies and signs nothing', async () => {
    const { ring, lifecycle, keys } = house();
    const [kid = ''] = await lifecycle.ensure('acme', ['ES256']);
    move(keys, kid, 'retiring');
    expect(await ring.verifier('acme', kid, 'ES256')).toBeDefined();
    await expect(ring.signer('acme', 'ES256')).rejects.toThrow('environment acme has no active ES256 key');
  });

  it.each([
    ['a kid of nobody', 'acme', 'unknown', 'ES256'],
    ['a kid of another environment', 'other', undefined, 'ES256'],
    ['another algorithm than the key’s', 'acme', undefined, 'RS256'],
    ['HS256', 'acme', undefined, 'HS256'],
    ['none', 'acme', undefined, 'none'],
    ['JW-02 a path', 'acme', '../../etc/passwd', 'ES256'],
    ['JW-02 a name of Object’s own', 'acme', '__proto__', 'ES256'],
  ])('JW-01 no key for %s', async (_what, environment, kid, algorithm) => {
    const { ring, lifecycle } = house();
    const [made = ''] = await lifecycle.ensure('acme', ['ES256']);
    await lifecycle.ensure('other', ['ES256']);
    expect(await ring.verifier(environment, kid ?? made, algorithm)).toBeUndefined();
  });

  it('MT-03 a private key copied to another environment does not sign there', async () => {
    const { ring, lifecycle, keys } = house();
    await lifecycle.ensure('acme', ['ES256']);
    const [stolen] = (await keys.list('acme')) as [SigningKey];
    await keys.add({ ...stolen, environmentId: 'other' });
    await expect(ring.signer('other', 'ES256')).rejects.toThrow('does not open');
  });

  it('I2 a key that another process made this moment is looked for; what nobody made is looked for seldom', async () => {
    const { lifecycle, keys } = house();
    const [kid = ''] = await lifecycle.ensure('acme', ['ES256']);
    const asked: string[] = [];
    class NotToldYet extends MemorySigningKeys {
      override async list(): Promise<readonly SigningKey[]> {
        return [];
      }
      override async find(environmentId: string, wanted: string): Promise<SigningKey | undefined> {
        asked.push(wanted);
        return keys.find(environmentId, wanted);
      }
    }
    const ring = new KeyRing(new NotToldYet(), encryption);
    expect(await ring.verifier('acme', kid, 'ES256')).toBeDefined();
    expect(await ring.verifier('acme', kid, 'RS256')).toBeUndefined();
    const strange = 'A'.repeat(43);
    for (const wanted of [strange, strange, '../../x', 'B'.repeat(10_240), kid]) {
      await ring.verifier('acme', wanted, 'ES256');
    }
    expect(asked).toEqual([kid, kid, strange]);
  });

  it('I8 the next key that signs takes the place of the one before, which is in the clear no more', async () => {
    const all = house();
    const [first = ''] = await all.lifecycle.ensure('acme', ['ES256']);
    const one = await all.ring.signer('acme', 'ES256');
    move(all.keys, first, 'retiring');
    const second = await all.lifecycle.announce('acme', 'ES256');
    move(all.keys, second, 'active');
    const two = await all.ring.signer('acme', 'ES256');
    expect([one.kid, two.kid]).toEqual([first, second]);
    await expect(all.ring.tryOut('acme', first)).rejects.toThrow();
    await expect(all.ring.tryOut('acme', second)).resolves.toBeUndefined();
    await expect(all.ring.tryOut('acme', 'unknown')).rejects.toThrow('environment acme has no key unknown');
  });

  it('house: a key that did not open is tried again, not remembered', async () => {
    const { lifecycle, keys } = house();
    await lifecycle.ensure('acme', ['ES256']);
    let broken = true;
    class Moody extends KeyEncryption {
      override open(sealed: Uint8Array, owner: string): string {
        if (broken) throw new Error('not now');
        return super.open(sealed, owner);
      }
    }
    const ring = new KeyRing(keys, new Moody(Buffer.alloc(32, 1)));
    await expect(ring.signer('acme', 'ES256')).rejects.toThrow('not now');
    broken = false;
    await expect(ring.signer('acme', 'ES256')).resolves.toHaveProperty('kid');
  });
});
