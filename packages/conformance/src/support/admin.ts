import { target } from './target.js';

/**
 * `npm run grantway -- ARGS` on the installation under test, as its operator; in the process that the suite keeps for it
 * (packages/tooling/setup/resident-admin.mjs).
 *
 * @returns what it said
 * @throws Error with what it said, when it refuses
 */
export async function grantway(...args: string[]): Promise<string> {
  const url = process.env['GRANTWAY_TEST_ADMIN_URL'];
  if (!url) throw new Error('GRANTWAY_TEST_ADMIN_URL is not set: run the suite with npm test');
  const env = {
    DATABASE_URL: target.databaseUrl,
    GRANTWAY_MASTER_KEY: target.masterKey,
    PUBLIC_URL: target.baseUrl,
  };
  const response = await fetch(url, { method: 'POST', body: JSON.stringify({ args, env }) });
  const { code, said } = (await response.json()) as { code: number; said: string };
  if (code !== 0) throw new Error(`"grantway ${args.join(' ')}" failed (exit code ${code}):\n${said}`);
  return said;
}
