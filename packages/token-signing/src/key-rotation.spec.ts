import { issuerOf, jwksMaxAge, type KeyState, type SigningPolicy } from '@grantway/domain';
import { anEnvironment, MemoryKeySchedule, MemoryStores } from '@grantway/testing';
import { decodeProtectedHeader } from 'jose';
import { KeyEncryption } from './key-encryption.js';
import { KeyLifecycle } from './key-lifecycle.js';
import { KeyRing } from './key-ring.js';
import { KeyRotation } from './key-rotation.js';
import { TokenSigner } from './token-signer.js';
import { TokenVerifier } from './token-verifier.js';

const DAY = 86_400;
const HOUR = 3_600;
const POLICY: SigningPolicy = { idToken: 'ES256', accessToken: 'ES256', rotateEvery: 30 * DAY, announceFor: HOUR };
const issuer = issuerOf('https://login.example', 'acme');

/** One process. @param stores shared by all processes of an installation */
function aProcess(stores: MemoryStores, masterKey = 1) {
  const encryption = new KeyEncryption(Buffer.alloc(32, masterKey));
  const keys = stores.signingKeys;
  const [ring, lifecycle] = [new KeyRing(keys, encryption), new KeyLifecycle(keys, encryption)];
  const rotation = new KeyRotation(keys, stores.keySchedule, lifecycle, ring);
  return { ring, lifecycle, rotation, signer: new TokenSigner(ring), verifier: new TokenVerifier(ring) };
}

async function anInstallation(policy: Partial<SigningPolicy> = {}) {
  const stores = new MemoryStores();
  stores.environments.add(anEnvironment({ signing: { ...POLICY, ...policy } }));
  const one = aProcess(stores);
  const [first = ''] = await one.lifecycle.ensure('acme', ['ES256']);
  const states = async () => (await stores.keySchedule.records('acme')).map(({ state }) => state);
  const sign = async (lifetime = HOUR) => {
    const iat = Math.floor(stores.clock.now() / 1000);
    const claims = {
      iss: issuer,
      sub: 's',
      aud: issuer,
      client_id: 's',
      scope: '',
      jti: 'j',
      iat,
      exp: iat + lifetime,
    };
    return one.signer.sign({ environmentId: 'acme', algorithm: 'ES256', type: 'at+jwt', claims });
  };
  return { stores, ...one, first, states, sign };
}

describe('KeyRotation, design section 6', () => {
  it('I8 announced, active, retiring, retired: each in its time, and nothing in between', async () => {
    const { stores, rotation, states, sign, first } = await anInstallation();
    const after = async (seconds: number): Promise<[string[], KeyState[]]> => {
      stores.clock.elapse(seconds);
      const { done, failed } = await rotation.sweep();
      expect(failed).toEqual([]);
      return [done.map(({ step }) => step), await states()];
    };
    expect(await after(30 * DAY - HOUR - 1)).toEqual([[], ['active']]);
    expect(await after(1)).toEqual([['follow'], ['active', 'announced']]);
    expect(await after(HOUR - 1)).toEqual([[], ['active', 'announced']]);
    const last = await sign(2 * DAY);
    expect(decodeProtectedHeader(last).kid).toBe(first);
    expect(await after(1)).toEqual([['activate'], ['retiring', 'active']]);
    expect(decodeProtectedHeader(await sign()).kid).not.toBe(first);
    expect(await after(2 * DAY)).toEqual([[], ['retiring', 'active']]);
    expect(await after(6 * HOUR + 301)).toEqual([['retire'], ['retired', 'active']]);
    expect(await after(0)).toEqual([[], ['retired', 'active']]);
  });

  it('I8 recipe 19 a hundred rotations: whoever caches the key set as long as it says verifies every token to its end', async () => {
    const { stores, rotation, sign, ring } = await anInstallation({ announceFor: 390 });
    const maxAge = jwksMaxAge({ ...POLICY, announceFor: 390 });
    expect(maxAge).toBe(60);
    const { clock } = stores;
    const tokens: { kid: string | undefined; until: number }[] = [];
    const signers = new Set<string | undefined>();
    let cached = new Set<unknown>();
    let freshUntil = 0;
    for (let round = 0; round < 100; round++) {
      await rotation.announce('acme');
      for (const step of [5, 5]) {
        clock.elapse(step);
        // What the verifier sees may be as old as the gateway's memory and ours together, and then it keeps that itself.
        if (clock.now() >= freshUntil + 330_000) {
          cached = new Set((await ring.jwks('acme')).keys.map(({ kid }) => kid));
          freshUntil = clock.after(maxAge);
        }
        await rotation.sweep();
        const { kid } = decodeProtectedHeader(await sign(60));
        signers.add(kid);
        tokens.push({ kid, until: clock.after(60) });
        for (const token of tokens.filter(({ until }) => until >= clock.now())) expect(cached).toContain(token.kid);
      }
    }
    expect(signers.size).toBeGreaterThan(50);
  });

  it('I8 of ten processes that sweep at once one announces, one activates, one retires', async () => {
    const { stores, states } = await anInstallation();
    const processes = Array.from({ length: 10 }, () => aProcess(stores));
    for (const [elapsed, step, expected] of [
      [30 * DAY, 'follow', ['active', 'announced']],
      [HOUR, 'activate', ['retiring', 'active']],
      [31 * DAY, 'retire', ['retired', 'active', 'announced']],
    ] as const) {
      stores.clock.elapse(elapsed);
      const sweeps = await Promise.all(processes.map(({ rotation }) => rotation.sweep()));
      expect(sweeps.flatMap(({ done }) => done).filter((one) => one.step === step)).toHaveLength(1);
      expect(sweeps.flatMap(({ failed }) => failed)).toEqual([]);
      expect(await states()).toEqual(expected);
    }
  });

  it('I8 I2 a token outlives no key, whatever lifetime was configured when it was signed', async () => {
    const { stores, rotation, sign, verifier } = await anInstallation({ rotateEvery: 0 });
    const longLived = await sign(400 * DAY);
    await rotation.announce('acme');
    stores.clock.elapse(HOUR);
    await rotation.sweep();
    stores.clock.elapse(399 * DAY);
    await rotation.sweep();
    const grounds = { environmentId: 'acme', issuer, purpose: 'access_token' } as const;
    expect(await verifier.examine(longLived, grounds)).toBeDefined();
    stores.clock.elapse(2 * DAY);
    await rotation.sweep();
    expect(await verifier.examine(longLived, grounds)).toBeUndefined();
  });

  it('4.4 a process that dies between any two steps leaves one key that signs, and another goes on', async () => {
    for (const dies of ['follow', 'activate', 'retire'] as const) {
      const { stores, states, sign } = await anInstallation();
      const keys = stores.signingKeys;
      const schedule = new MemoryKeySchedule(keys, stores.environments);
      schedule[dies] = () => Promise.reject(new Error('killed'));
      const { lifecycle, ring } = aProcess(stores);
      const dying = new KeyRotation(keys, schedule, lifecycle, ring);
      const good = aProcess(stores).rotation;
      for (const elapsed of [30 * DAY, HOUR, 2 * DAY]) {
        stores.clock.elapse(elapsed);
        await dying.sweep();
        expect((await states()).filter((state) => state === 'active')).toHaveLength(1);
        await expect(sign()).resolves.toBeDefined();
        await good.sweep();
        expect((await states()).filter((state) => state === 'active')).toHaveLength(1);
      }
      expect(await states()).toContain('active');
      expect((await states()).length).toBe(2);
    }
  });

  it('house: under another master key no key is announced, and none is activated; the others’ turn comes all the same', async () => {
    const { stores, states, rotation } = await anInstallation();
    const stranger = aProcess(stores, 2);
    stores.clock.elapse(30 * DAY);
    expect(await stranger.rotation.sweep()).toMatchObject({ done: [], failed: [{ step: { step: 'follow' } }] });
    await expect(stranger.rotation.announce('acme')).rejects.toThrow('does not open');
    expect(await states()).toEqual(['active']);
    await rotation.sweep();
    stores.clock.elapse(HOUR);
    expect(await stranger.rotation.sweep()).toMatchObject({ done: [], failed: [{ step: { step: 'activate' } }] });
    expect(await states()).toEqual(['active', 'announced']);
    await rotation.sweep();
    expect(await states()).toEqual(['retiring', 'active']);
  });

  it('house: by command one algorithm is rotated or all; whatever waits already, it is another key', async () => {
    const { rotation, lifecycle, states } = await anInstallation();
    await lifecycle.ensure('acme', ['RS256']);
    expect((await rotation.announce('acme', 'RS256')).map(({ algorithm }) => algorithm)).toEqual(['RS256']);
    expect((await rotation.announce('acme')).map(({ algorithm }) => algorithm)).toEqual(['ES256', 'RS256']);
    expect(await states()).toEqual(['active', 'active', 'announced', 'announced', 'announced']);
    expect(await rotation.announce('nobody')).toEqual([]);
  });

  it('I9 a process that is told to stop takes no further step', async () => {
    const { stores, rotation, states } = await anInstallation();
    stores.clock.elapse(30 * DAY);
    expect(await rotation.sweep(AbortSignal.abort())).toEqual({ done: [], failed: [] });
    expect(await states()).toEqual(['active']);
  });

  it('JW-07 a removed key is gone from the key set, what it signed is no token, and another signs at once', async () => {
    const { rotation, sign, verifier, ring, first } = await anInstallation();
    const grounds = { environmentId: 'acme', issuer, purpose: 'access_token' } as const;
    const stolen = await sign();
    expect(await verifier.examine(stolen, grounds)).toBeDefined();
    const removed = await rotation.remove('acme', first);
    expect(removed).toMatchObject({ before: 'active', algorithm: 'ES256', replacement: expect.any(String) });
    expect(await verifier.examine(stolen, grounds)).toBeUndefined();
    expect((await ring.jwks('acme')).keys.map(({ kid }) => kid)).toEqual([removed?.replacement]);
    const good = await sign();
    expect(decodeProtectedHeader(good).kid).toBe(removed?.replacement);
    expect(await verifier.examine(good, grounds)).toBeDefined();
    expect(await rotation.remove('acme', first)).toBeUndefined();
    expect(await rotation.remove('other', removed?.replacement ?? '')).toBeUndefined();
  });

  it('JW-07 of ten that remove a key at once one does, and one key takes its place', async () => {
    const { stores, states, first } = await anInstallation();
    const removals = await Promise.all(
      Array.from({ length: 10 }, () => aProcess(stores).rotation.remove('acme', first)),
    );
    expect(removals.filter((removed) => removed !== undefined)).toHaveLength(1);
    expect(await states()).toEqual(['retired', 'active']);
  });
});
