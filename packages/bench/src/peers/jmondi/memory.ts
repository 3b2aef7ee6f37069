import {
  ALL_SCOPES,
  CLIENTS,
  finalized,
  firstUse,
  found,
  isValid,
  newCode,
  newToken,
  type Store,
  type StoredCode,
  type StoredToken,
} from './entities.js';

/** What is forgotten when the process ends: as fast as a store can be. */
export function memoryStore(): Store {
  const clients = new Map(CLIENTS.map((client) => [client.id, client]));
  const scopes = new Map(ALL_SCOPES.map((name) => [name, { name }]));
  const codes = new Map<string, StoredCode>();
  const tokens = new Map<string, StoredToken>();
  const refreshable = new Map<string, StoredToken>();

  const revokeDescendantsOf = async (code: string) => {
    for (const token of tokens.values()) if (token.originatingAuthCodeId === code) token.revoked = true;
  };

  return {
    clients: {
      getByIdentifier: async (id) => found(clients.get(id), 'client_id'),
      isClientValid: async (grant, client, secret) => isValid(grant, client, secret),
    },
    scopes: {
      getAllByIdentifiers: async (names) => names.flatMap((name) => scopes.get(name) ?? []),
      finalize: async (asked, _grant, client) => finalized(asked, client),
    },
    codes: {
      getByIdentifier: async (code) => found(codes.get(code), 'code'),
      issueAuthCode: newCode,
      persist: async (code) => void codes.set(code.code, code as StoredCode),
      isRevoked: async (code) => codes.get(code)?.revoked ?? true,
      async revoke(id) {
        const code = found(codes.get(id), 'code');
        firstUse(!code.revoked);
        code.revoked = true;
      },
    },
    tokens: {
      issueToken: async (client, asked, user) => newToken(client, asked, user),
      issueRefreshToken: async (token) => token,
      async persist(token) {
        tokens.set(token.accessToken, token as StoredToken);
        if (token.refreshToken) refreshable.set(token.refreshToken, token as StoredToken);
      },
      async revoke(token) {
        firstUse(!(token as StoredToken).revoked);
        (token as StoredToken).revoked = true;
      },
      revokeDescendantsOf,
      async isRefreshTokenRevoked(token) {
        const { revoked, originatingAuthCodeId } = token as StoredToken;
        if (revoked && originatingAuthCodeId) await revokeDescendantsOf(originatingAuthCodeId);
        return revoked;
      },
      getByRefreshToken: async (refreshToken) => found(refreshable.get(refreshToken), 'refresh_token'),
      async getByAccessToken(accessToken) {
        const token = tokens.get(accessToken);
        return found(token?.revoked ? undefined : token, 'token');
      },
    },
  };
}
