/** Grant types this server knows by name; a team's own grant may use any other absolute URI. */
export const GrantType = {
  AuthorizationCode: 'authorization_code', // RFC 6749 §4.1
  ClientCredentials: 'client_credentials', // RFC 6749 §4.4
  RefreshToken: 'refresh_token', // RFC 6749 §6
} as const;

export type GrantType = (typeof GrantType)[keyof typeof GrantType];
