import { AUDIENCES, everyNumber, MACHINE, person, SCOPES, television, WEB, web } from '../../installation.js';

export const ENVIRONMENT = 'bench';

const DEVICE_CODE = 'urn:ietf:params:oauth:grant-type:device_code';

/**
 * Everybody of the installation as an environment file: JSON is YAML.
 *
 * @param more grant types that the environment and the machine have beside the usual
 */
export function environmentFile(more: readonly string[] = []): string {
  const auth = 'client_secret_basic';
  const environment = {
    ...{ environment: ENVIRONMENT, demo: true },
    grantTypes: ['authorization_code', 'refresh_token', 'client_credentials', DEVICE_CODE, ...more],
    signing: { idToken: 'ES256' },
    lifetimes: { code: 600, deviceCode: 3_600 },
    resources: Object.values(SCOPES).map((scope) => ({
      ...{ name: scope.replace(':', '-'), audience: AUDIENCES[scope], scopes: [{ name: scope }] },
      ...(scope === SCOPES.rs256 && { accessTokenAlgorithm: 'RS256' }),
      ...(scope === SCOPES.opaque && { accessTokenFormat: 'opaque' }),
    })),
    clients: [
      { ...MACHINE, auth, grantTypes: ['client_credentials', ...more], scopes: Object.values(SCOPES) },
      ...everyNumber.map((n) => ({
        ...{ ...web(n), auth, redirectUris: [WEB.redirectUri], scopes: WEB.scope.split(' ') },
        grantTypes: ['authorization_code', 'refresh_token'],
      })),
      ...everyNumber.map((n) => ({ ...television(n), auth, grantTypes: [DEVICE_CODE], scopes: [SCOPES.es256] })),
    ],
    users: everyNumber.map(person),
  };
  return JSON.stringify(environment);
}
