/** A file that says something of each grant, in parts. */
export const EVERY_GRANT = (clients: string, rest = '') => `environment: every
grantTypes: [authorization_code, refresh_token, client_credentials, implicit, "urn:ietf:params:oauth:grant-type:jwt-bearer"]
par: required
outbound: { privateAddresses: true }
userCode: { characters: letters, length: 6 }
accounts: { recovery: true, messagesUrl: "http://127.0.0.1:9/messages" }
lifetimes: { par: 90, deviceInterval: 1 }
resources:
  - name: r
    accessTokenFormat: opaque
    introspectionSecret: \${SIGNING_SECRET}
    mayAct: { client_id: signer }
    scopes: [{ name: r:read }]
users: [{ username: ada, password: "\${ADA_PASSWORD}", mustChangePassword: true, userCode: "\${ADA_CODE}" }]
clients:
${clients}
${rest}`;
export const SIGNER = `  - id: signer
    auth: client_secret_jwt
    secret: \${SIGNING_SECRET}
    redirectUris: [https://c.example/cb]
    grantTypes: [authorization_code, implicit]
    responseTypes: [code, id_token code]
    postLogoutRedirectUris: [https://c.example/bye]
    scopes: [r:read]
    device: { pathId: tv, interval: 1 }
    backchannel: { delivery: ping, notificationEndpoint: "http://127.0.0.1:9/ping" }`;
export const KEYED = `  - id: keyed
    auth: private_key_jwt
    jwks: { keys: [{ kty: OKP, crv: Ed25519, x: 11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo }] }
    grantTypes: [client_credentials]`;
export const ACCOUNTS = `serviceAccounts:
  - { id: nightly, client: signer, scopes: [r:read], bindings: [keyed] }
  - { id: hourly, client: signer, scopes: [r:read] }`;
