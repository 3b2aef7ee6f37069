import { cpSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ScratchDatabase, scratchDatabase } from '../../test/scratch-database.js';
import { migrate } from '../database/migrations.js';

const MIGRATIONS = join(import.meta.dirname, '../../../../prisma/migrations');
const THIS = '20261122010000_key_rotation';

describe('the migration that lets keys rotate', () => {
  let scratch: ScratchDatabase;
  let before: string;
  beforeAll(async () => {
    scratch = await scratchDatabase({ migrated: false });
    before = mkdtempSync(join(tmpdir(), 'grantway-before-'));
    for (const name of readdirSync(MIGRATIONS).filter((each) => each < THIS || each.endsWith('.toml'))) {
      cpSync(join(MIGRATIONS, name), join(before, name), { recursive: true });
    }
    await migrate(scratch.url, undefined, before);
  });
  afterAll(async () => {
    await scratch.drop();
    rmSync(before, { recursive: true });
  });

  /** As the version before makes them. */
  const environment = async (id: string) => {
    await scratch.query(
      `INSERT INTO environment (id, name, enabled, grant_types, pkce, signing, lifetimes, password_change_ends_refresh)
       VALUES ($1, 'e', true, '{}', 'public', '{"idToken":"RS256","accessToken":"ES256"}', '{}', true)`,
      [id],
    );
    for (const algorithm of ['ES256', 'RS256']) {
      await scratch.query(
        `INSERT INTO signing_key (environment_id, kid, algorithm, state, public_jwk, private_key, activated_at)
         VALUES ($1, $2, $2, 'active', '{}', 'x', now())`,
        [id, algorithm],
      );
    }
  };
  const keptDays = async (id: string) =>
    Object.fromEntries(
      (
        await scratch.query<{ kid: string; days: number | null }>(
          `SELECT kid, round(extract(epoch FROM keep_until - now()) / 86400)::int AS days FROM signing_key WHERE environment_id = $1`,
          [id],
        )
      ).map(({ kid, days }) => [kid, days]),
    );

  it('I8 I10 keeps what was signed before for as long as it can live; the version before goes on making keys', async () => {
    for (const id of ['plain', 'machines']) await environment(id);
    await scratch.query(
      `INSERT INTO client (environment_id, id, name, enabled, auth_method, secret_hashes, grant_types, response_types, redirect_uris,
         allowed_origins, scopes, default_scopes, trusted, pkce_required, refresh, multiple_resources, legacy, origin)
       VALUES ('machines', 'c', 'c', true, 'none', '{}', '{}', '{}', '{}', '{}', '{}', '{}', false, false, '{}', false, '{}', 'file')`,
    );
    await scratch.query(
      `INSERT INTO service_account (environment_id, id, name, enabled, client_id, scopes, bindings, jti_hash, origin)
       VALUES ('machines', 'night', 'n', true, 'c', '{}', '{}', 'x', 'api')`,
    );
    await migrate(scratch.url);
    expect(await keptDays('plain')).toEqual({ ES256: 31, RS256: 31 });
    expect(await keptDays('machines')).toEqual({ ES256: 1827, RS256: 31 });
    await environment('later');
    expect(await keptDays('later')).toEqual({ ES256: null, RS256: null });
  });
});
