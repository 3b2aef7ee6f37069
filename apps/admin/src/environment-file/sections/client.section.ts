import {
  BackchannelPolicy,
  Client,
  DevicePolicy,
  ExchangePolicy,
  LegacyFlags,
  ParPolicy,
  RefreshPolicy,
} from '@grantway/domain';
import { ClientAuthMethod } from '@grantway/protocol';
import { listOfTexts, map } from '../shape/collections.js';
import { oneOf, seconds, yesOrNo } from '../shape/scalars.js';
import { JwksEntry, jwks } from './client-keys.section.js';
import { backchannel, device, exchange, par, responseType } from './client-policies.section.js';
import { grantType } from './environment.section.js';
import { clientId, displayName, origin, redirectUri, scopeName, webAddress } from './names.js';
import { clientSecret, secretHash } from './secrets.js';

export interface ClientEntry {
  id: string;
  name?: string;
  enabled?: boolean;
  auth: ClientAuthMethod;
  secret?: string;
  secrets?: readonly string[];
  secretHash?: string;
  secretForSigning?: boolean;
  jwks?: JwksEntry;
  jwksUri?: string;
  grantTypes?: readonly string[];
  responseTypes?: readonly string[];
  redirectUris?: readonly string[];
  postLogoutRedirectUris?: readonly string[];
  allowedOrigins?: readonly string[];
  scopes?: readonly string[];
  defaultScopes?: readonly string[];
  trusted?: boolean;
  pkce?: 'required' | 'public';
  refresh?: Partial<RefreshPolicy>;
  accessTokenLifetime?: number;
  multipleResources?: boolean;
  par?: Partial<ParPolicy>;
  requestObjects?: Client['requestObjects'];
  device?: Partial<DevicePolicy>;
  backchannel?: Partial<BackchannelPolicy>;
  exchange?: Partial<ExchangePolicy>;
  legacy?: Partial<LegacyFlags>;
}

const FOREVER = 2_147_483_647;
const scopes = listOfTexts('a list of scope names', scopeName);

const refresh = map<Partial<RefreshPolicy>>('a map of refresh rules', {
  idle: {
    shape: seconds(60, FOREVER),
    meaning: 'When a refresh token dies that is not used.',
    otherwise: "the environment's",
  },
  absolute: {
    shape: seconds(60, FOREVER),
    meaning: 'When a token family dies, however busy.',
    otherwise: "the environment's",
  },
  grace: {
    shape: seconds(0, 86_400),
    meaning: 'How long a rotated refresh token is still answered, with the same successor.',
    otherwise: "the environment's",
  },
  onReuse: {
    shape: oneOf(['revoke_family', 'refuse'] as const),
    meaning: 'What the reuse of a rotated one does: it ends the family, or is only refused.',
    otherwise: '`revoke_family`',
  },
  withoutOfflineAccess: {
    shape: yesOrNo(),
    meaning: 'Issue refresh tokens though `offline_access` was not asked for.',
    otherwise: '`false`',
  },
});

const legacy = map<Partial<LegacyFlags>>('a map of looser rules', {
  plainPkce: { shape: yesOrNo(), meaning: 'Accept `code_challenge_method=plain`.', otherwise: '`false`' },
  redirectWildcard: {
    shape: yesOrNo(),
    meaning: 'One `*` in a redirect URI stands for one path segment.',
    otherwise: '`false`',
  },
  redirectExtraQuery: {
    shape: yesOrNo(),
    meaning: 'Tolerate query parameters beyond the registered ones.',
    otherwise: '`false`',
  },
  assertionAudience: {
    shape: yesOrNo(),
    meaning: 'Its assertions may name the endpoint they are sent to as their audience, instead of the issuer.',
    otherwise: '`false`',
  },
});

export const client = map<ClientEntry>('a client', {
  id: { shape: clientId, required: true, meaning: 'Its `client_id`.' },
  name: { shape: displayName, meaning: 'What people see.', otherwise: 'the id' },
  enabled: { shape: yesOrNo(), meaning: 'Switched off, it is refused everywhere at once.', otherwise: '`true`' },
  auth: {
    shape: oneOf(Object.values(ClientAuthMethod)),
    required: true,
    meaning: 'How it authenticates; `none` makes it public.',
  },
  secret: { shape: clientSecret, meaning: 'Its secret, unless `secrets` or `secretHash` is given.' },
  secrets: {
    shape: listOfTexts('a list of secrets', clientSecret, { least: 1, most: 2 }),
    meaning: 'Two while one replaces the other.',
  },
  secretHash: { shape: secretHash, meaning: 'The hash instead of the secret; `grantway hash-secret` makes it.' },
  secretForSigning: {
    shape: yesOrNo(),
    meaning: 'Keep the secret readable, encrypted, so that HS256 JWTs are keyed by it; the first one of `secrets`.',
    otherwise: '`true` with `auth: client_secret_jwt`, else `false`',
  },
  jwks: { shape: jwks, meaning: 'The public keys its assertions and request objects are verified with.' },
  jwksUri: { shape: webAddress, meaning: 'Where those keys are, instead.' },
  grantTypes: {
    shape: listOfTexts('a list of grant types', grantType, { least: 1 }),
    meaning: 'What it may use; each must be switched on for the environment.',
    otherwise: '`[authorization_code]`',
  },
  responseTypes: {
    shape: listOfTexts('a list of response types', responseType),
    meaning: 'What it may ask the authorization endpoint for.',
    otherwise: '`[code]` with `authorization_code`, else none',
  },
  redirectUris: {
    shape: listOfTexts('a list of redirect URIs', redirectUri),
    meaning: 'Where answers may go, to the letter.',
    otherwise: 'none',
  },
  postLogoutRedirectUris: {
    shape: listOfTexts('a list of redirect URIs', redirectUri),
    meaning: 'Where people may go after signing off, to the letter.',
    otherwise: 'none',
  },
  allowedOrigins: {
    shape: listOfTexts('a list of origins', origin),
    meaning: 'Whose scripts may read answers.',
    otherwise: 'none',
  },
  scopes: { shape: scopes, meaning: 'The most it can ever be granted.', otherwise: 'none' },
  defaultScopes: { shape: scopes, meaning: 'What it gets when it names no scope.', otherwise: 'none' },
  trusted: { shape: yesOrNo(), meaning: 'First-party: people are not asked for consent.', otherwise: '`false`' },
  pkce: {
    shape: oneOf(['required', 'public'] as const),
    meaning: '`required` makes PKCE compulsory though it is confidential.',
    otherwise: '`public`',
  },
  refresh: { shape: refresh, meaning: 'How its refresh tokens live.' },
  accessTokenLifetime: {
    shape: seconds(60, 86_400),
    meaning: 'How long its access tokens live.',
    otherwise: "the resource's or the environment's",
  },
  multipleResources: { shape: yesOrNo(), meaning: 'One token may be for several resources.', otherwise: '`false`' },
  par: { shape: par, meaning: 'Pushed authorization requests (RFC 9126).' },
  requestObjects: {
    shape: oneOf(['optional', 'required'] as const),
    meaning: '`required` refuses authorization requests without a signed request object (RFC 9101 §10.5).',
    otherwise: '`optional`',
  },
  device: { shape: device, meaning: 'Devices (RFC 8628).' },
  backchannel: { shape: backchannel, meaning: 'Backchannel requests (CIBA).' },
  exchange: { shape: exchange, meaning: 'Token exchange (RFC 8693).' },
  legacy: { shape: legacy, meaning: 'Looser rules for old clients.' },
});
