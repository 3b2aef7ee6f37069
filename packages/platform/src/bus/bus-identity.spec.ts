import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { loadConfig } from '../config/from-env.js';
import { ProcessConfig } from '../config/service.config.js';
import { BusIdentity, createNkey, publicKeyOf } from './bus-identity.js';

describe('who a process is on the bus', () => {
  let folder: string;
  const { seed, publicKey } = createNkey();

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'identity-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  const read = (env: NodeJS.ProcessEnv) => BusIdentity.read(loadConfig(ProcessConfig, env));
  const file = async (text: string) => {
    const path = join(folder, `${Math.random()}.nk`);
    await writeFile(path, text);
    return path;
  };

  it('house: nothing set is nobody', () => {
    expect(read({})).toBeUndefined();
    expect(read({ NATS_NKEY_SEED: '', NATS_NKEY_FILE: '' })).toBeUndefined();
  });

  it('house: the seed itself, or a file that holds it, with or without a line break', async () => {
    expect(read({ NATS_NKEY_SEED: seed })?.publicKey).toBe(publicKey);
    for (const text of [seed, `${seed}\n`, `\n${seed}\r\n`]) {
      expect(read({ NATS_NKEY_FILE: await file(text) })?.publicKey).toBe(publicKey);
    }
  });

  it('house: no two identities are alike', () => {
    expect(createNkey().publicKey).not.toBe(publicKey);
    expect(publicKeyOf(seed)).toBe(publicKey);
    expect(publicKeyOf(publicKey)).toBeUndefined();
  });

  it('HT-06 a seed that is none is refused by its variable, and not repeated', async () => {
    // Not the last character: two of its five bits are padding, and say nothing.
    const broken = `${seed.slice(0, -2)}${seed.at(-2) === 'A' ? 'B' : 'A'}${seed.slice(-1)}`;
    const sources: [string, NodeJS.ProcessEnv][] = [
      ['NATS_NKEY_SEED must be the nkey seed of a user', { NATS_NKEY_SEED: seed.slice(1) }],
      ['NATS_NKEY_SEED must be the nkey seed of a user', { NATS_NKEY_SEED: seed.toLowerCase() }],
      ['NATS_NKEY_SEED holds no nkey seed of a user', { NATS_NKEY_SEED: broken }],
      ['NATS_NKEY_FILE holds no nkey seed of a user', { NATS_NKEY_FILE: await file(broken) }],
      ['NATS_NKEY_FILE holds no nkey seed of a user', { NATS_NKEY_FILE: await file('') }],
      ['NATS_NKEY_FILE holds no nkey seed of a user', { NATS_NKEY_FILE: await file(`${seed}\n${seed}`) }],
      ['NATS_NKEY_FILE cannot be read: ENOENT', { NATS_NKEY_FILE: join(folder, 'absent') }],
      ['NATS_NKEY_SEED and NATS_NKEY_FILE: set one', { NATS_NKEY_SEED: seed, NATS_NKEY_FILE: await file(seed) }],
    ];
    for (const [told, env] of sources) {
      let error: unknown;
      try {
        read(env);
      } catch (thrown) {
        error = thrown;
      }
      expect(error).toMatchObject({ name: 'ConfigError', message: expect.stringContaining(told) });
      expect(String((error as Error).stack)).not.toContain(seed.slice(5, 40));
    }
  });

  it('HT-06 whoever prints it sees no seed', async () => {
    for (const identity of [read({ NATS_NKEY_SEED: seed }), read({ NATS_NKEY_FILE: await file(seed) })]) {
      const shown = inspect(identity, { depth: 9, showHidden: true }) + JSON.stringify(identity);
      const bytes = [...new TextEncoder().encode(seed)].slice(5, 12);
      expect(shown).not.toContain(seed.slice(5));
      expect(shown).not.toContain(bytes.join(', '));
    }
  });

  it('house: a file that was replaced counts at the next connect; one that is gone for a moment changes nothing', async () => {
    const path = await file(seed);
    const identity = read({ NATS_NKEY_FILE: path });
    const present = () => identity?.authenticator('nonce') as { nkey: string };
    expect(present().nkey).toBe(publicKey);
    await writeFile(path, '');
    expect(present().nkey).toBe(publicKey);
    const next = createNkey();
    await writeFile(path, next.seed);
    expect(present().nkey).toBe(next.publicKey);
    await rm(path);
    expect(present().nkey).toBe(next.publicKey);
  });
});
