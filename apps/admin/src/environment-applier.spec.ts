import { EnvironmentConfig, EnvironmentConfigs, SigningKey, SigningKeys } from '@grantway/domain';
import { KeyLifecycle, KeyRing } from '@grantway/token-signing';
import { EnvironmentApplier } from './environment-applier.js';

const CONFIG = {
  environment: { id: 'shop', signing: { idToken: 'ES256', accessToken: 'ES256' } },
  resources: [{ name: 'orders' }],
} as unknown as EnvironmentConfig;

/** An applier over stores that note the order in which they are used. */
function applierWith(keys: readonly Partial<SigningKey>[], signer = async () => ({})) {
  const done: string[] = [];
  const asked: string[] = [];
  const configs = {
    apply: async () => {
      done.push('configuration');
      return { created: [], updated: [], removed: [] };
    },
  } as unknown as EnvironmentConfigs;
  const lifecycle = {
    ensure: async (_: string, algorithms: readonly string[]) => {
      done.push('keys');
      asked.push(...algorithms);
      return ['k1'];
    },
  } as unknown as KeyLifecycle;
  const store = { list: async () => keys } as unknown as SigningKeys;
  return { done, asked, applier: new EnvironmentApplier(configs, lifecycle, store, { signer } as unknown as KeyRing) };
}

describe('applying an environment', () => {
  it('house: a live environment has the key before it signs with its algorithm', async () => {
    const { applier, done } = applierWith([{ state: 'active', algorithm: 'ES256' }]);
    expect((await applier.apply(CONFIG, 'root')).created).toEqual(['signing key k1']);
    expect(done).toEqual(['keys', 'configuration']);
  });

  it('house: a new one has to be there before it can have keys', async () => {
    const { applier, done } = applierWith([]);
    expect((await applier.apply(CONFIG, 'root')).created).toEqual(['signing key k1']);
    expect(done).toEqual(['configuration', 'keys']);
  });

  it('house: what one resource alone is signed with has a key as well', async () => {
    const { applier, asked } = applierWith([]);
    await applier.apply(
      { ...CONFIG, resources: [{ accessTokenAlgorithm: 'RS256' }] } as unknown as EnvironmentConfig,
      'root',
    );
    expect(new Set(asked)).toEqual(new Set(['ES256', 'RS256']));
  });

  it('house: keys sealed with another master key are told before anything is applied', async () => {
    const { applier, done } = applierWith([{ state: 'active', algorithm: 'ES256' }], () => Promise.reject(new Error()));
    await expect(applier.requireItsKey(CONFIG)).rejects.toThrow('another GRANTWAY_MASTER_KEY');
    expect(done).toEqual([]);
  });
});
