/**
 * What the page may have its backend do, and nothing else: each step is one form to one endpoint of the issuer, as one client
 * or API. What a step takes from the page is listed; what makes it the request it is, is not the page's to say.
 *
 * @typedef {object} BackendStep
 * @property {'token_endpoint' | 'introspection_endpoint' | 'revocation_endpoint' | 'backchannel_authentication_endpoint'} endpoint
 *   by its name in the issuer's metadata
 * @property {import('./handler.js').Role} as who asks
 * @property {Record<string, string>} [fixed]
 * @property {readonly string[]} params
 * @property {readonly string[]} [hidden] parameters that are not repeated to the page
 */

const TOKEN_EXCHANGE = 'urn:ietf:params:oauth:grant-type:token-exchange';
const CIBA = 'urn:openid:params:grant-type:ciba';

/** @type {(as: BackendStep['as'], grant_type: string, ...params: string[]) => BackendStep} */
const token = (as, grant_type, ...params) => ({ endpoint: 'token_endpoint', as, fixed: { grant_type }, params });

/** @type {(as: BackendStep['as']) => BackendStep} */
const introspection = (as) => ({ endpoint: 'introspection_endpoint', as, params: ['token'] });

/** @type {ReadonlyMap<string, BackendStep>} */
export const STEPS = new Map(
  Object.entries({
    'ciba-start': {
      endpoint: 'backchannel_authentication_endpoint',
      as: 'ciba',
      params: ['scope', 'login_hint', 'binding_message'],
    },
    'ciba-token': token('ciba', CIBA, 'auth_req_id'),
    'machine-token': token('machine', 'client_credentials', 'scope'),
    'machine-revoke': { endpoint: 'revocation_endpoint', as: 'machine', params: ['token'] },
    'orders-introspect': introspection('orders'),
    'ledger-introspect': introspection('ledger'),
    'exchange-actor': token('exchange', 'client_credentials', 'scope'),
    'exchange-token': token(
      'exchange',
      TOKEN_EXCHANGE,
      ...['subject_token', 'subject_token_type', 'actor_token', 'actor_token_type', 'scope'],
    ),
    'password-token': { ...token('password', 'password', 'username', 'password', 'scope'), hidden: ['password'] },
  }),
);
