import { parseArgs } from 'node:util';

export const USAGE = `Usage: node cli.mjs --issuer URL --client-id ID [options]

  --issuer URL       the authorization server, such as http://localhost:3000/demo/as
  --client-id ID     the client this device is registered as
  --scope "A B"      what to ask for (default: "openid profile offline_access")
  --no-qr            no QR code
  --help             this text

A confidential client's secret is read from DEVICE_CLIENT_SECRET.`;

/**
 * @typedef {object} Options
 * @property {URL} issuer
 * @property {string} clientId
 * @property {string | undefined} clientSecret
 * @property {string} scope
 * @property {boolean} qr
 * @property {boolean} help
 */

/**
 * @param {string[]} args
 * @returns {Options | { problem: string }}
 */
export function readOptions(args, env = process.env) {
  try {
    const { values } = parseArgs({
      args,
      allowNegative: true,
      options: {
        issuer: { type: 'string' },
        'client-id': { type: 'string' },
        scope: { type: 'string', default: 'openid profile offline_access' },
        qr: { type: 'boolean', default: true },
        help: { type: 'boolean', default: false },
      },
    });
    const { issuer, 'client-id': clientId, scope, qr, help } = values;
    const rest = { scope, qr, help, clientSecret: env.DEVICE_CLIENT_SECRET || undefined };
    if (help) return { issuer: new URL('http://localhost'), clientId: '', ...rest };
    if (!issuer) return { problem: '--issuer is missing.' };
    if (!clientId) return { problem: '--client-id is missing.' };
    if (!URL.canParse(issuer)) return { problem: '--issuer must be an address such as http://localhost:3000/demo/as.' };
    return { issuer: new URL(issuer), clientId, ...rest };
  } catch (error) {
    return { problem: error.message };
  }
}
