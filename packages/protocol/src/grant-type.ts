/** Grant types this server knows by name; a team's own grant may use any other absolute URI. */
export const GrantType = {
  AuthorizationCode: 'authorization_code', // RFC 6749 §4.1
  ClientCredentials: 'client_credentials', // RFC 6749 §4.4
  RefreshToken: 'refresh_token', // RFC 6749 §6
  Implicit: 'implicit', // RFC 6749 §4.2; never sent to the token endpoint
  Password: 'password', // RFC 6749 §4.3
  DeviceCode: 'urn:ietf:params:oauth:grant-type:device_code', // RFC 8628 §3.4
  TokenExchange: 'urn:ietf:params:oauth:grant-type:token-exchange', // RFC 8693 §2.1
  Ciba: 'urn:openid:params:grant-type:ciba', // CIBA Core §4
  JwtBearer: 'urn:ietf:params:oauth:grant-type:jwt-bearer', // RFC 7523 §2.1
} as const;

export type GrantType = (typeof GrantType)[keyof typeof GrantType];
