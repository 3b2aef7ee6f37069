/** How a client may authenticate (RFC 7591 §2, `token_endpoint_auth_method`). */
export const ClientAuthMethod = {
  None: 'none',
  SecretBasic: 'client_secret_basic', // RFC 6749 §2.3.1
  SecretPost: 'client_secret_post', // RFC 6749 §2.3.1
  SecretJwt: 'client_secret_jwt', // OIDC Core §9
  PrivateKeyJwt: 'private_key_jwt', // OIDC Core §9
} as const;

export type ClientAuthMethod = (typeof ClientAuthMethod)[keyof typeof ClientAuthMethod];
