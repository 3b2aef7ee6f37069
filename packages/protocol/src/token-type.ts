/** What kind of token is meant (RFC 8693 §3). */
export const TokenType = {
  AccessToken: 'urn:ietf:params:oauth:token-type:access_token',
  RefreshToken: 'urn:ietf:params:oauth:token-type:refresh_token',
  IdToken: 'urn:ietf:params:oauth:token-type:id_token',
  Jwt: 'urn:ietf:params:oauth:token-type:jwt',
} as const;
export type TokenType = (typeof TokenType)[keyof typeof TokenType];

/** Who acts for the subject, and for whom they in turn act (RFC 8693 §4.1). */
export interface ActClaim {
  readonly sub: string;
  readonly iss?: string;
  readonly client_id?: string;
  readonly act?: ActClaim;
}

/** House rule, TX-06: more links than this tell nobody anything. */
export const DEEPEST_ACT_CHAIN = 3;
