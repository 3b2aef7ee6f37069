import { configOf } from '../../test/environment-files.js';

const SECRET = 'a secret of the vault';
const HASH = `sha256:${'A'.repeat(43)}`;
const ARGON = '$argon2id$v=19$m=19456,t=2,p=1$AA79WX5hhfm/ZJQkuQrUHQ$C+rs9ABy3bfN7XAZwB3mNk7SjXGlahORw3PGfDcR5rs';

const firstClient = (keys: string, variables = {}) =>
  configOf(`environment: e\nclients:\n  - id: c\n    grantTypes: [client_credentials]\n${keys}`, variables).clients[0];
const firstUser = (keys: string, variables = {}) =>
  configOf(`environment: e\nusers:\n  - username: ada\n${keys}`, variables).users[0];

describe('what a file means', () => {
  it('house: fills in the defaults of an environment', () => {
    expect(configOf('environment: e')).toEqual({
      environment: {
        id: 'e',
        name: 'e',
        enabled: true,
        grantTypes: ['authorization_code', 'refresh_token', 'client_credentials'],
        pkce: 'public',
        signing: { idToken: 'RS256', accessToken: 'ES256' },
        lifetimes: {
          code: 60,
          accessToken: 3600,
          idToken: 3600,
          refreshIdle: 2_592_000,
          refreshAbsolute: 15_552_000,
          refreshGrace: 10,
          flow: 900,
          sessionIdle: 28_800,
          sessionAbsolute: 86_400,
          par: 60,
          deviceCode: 600,
          deviceInterval: 5,
          backchannel: 300,
          backchannelMost: 600,
          backchannelInterval: 5,
          oneTimeCode: 300,
        },
        passwordChangeEndsRefresh: true,
        par: 'optional',
        outbound: { privateAddresses: false },
        userCode: { characters: 'consonants', length: 8 },
        accounts: { recovery: false, registration: false },
      },
      resources: [],
      clients: [],
      users: [],
      serviceAccounts: [],
    });
  });

  it('house: fills in the defaults of a client, a resource and a user', () => {
    const { resources, clients, users } = configOf(
      'environment: e\n' +
        'resources: [{ name: orders, scopes: [{ name: read }] }]\n' +
        'clients: [{ id: c, auth: none, redirectUris: [https://c.example/cb] }]\n' +
        'users: [{ username: ada }]',
    );
    expect(resources).toEqual([
      {
        environmentId: 'e',
        name: 'orders',
        audience: 'orders',
        scopes: [{ name: 'read', description: 'read', userOnly: false }],
        accessTokenFormat: 'jwt',
        introspectionSecretHashes: [],
      },
    ]);
    expect(clients).toEqual([
      {
        environmentId: 'e',
        id: 'c',
        name: 'c',
        enabled: true,
        authMethod: 'none',
        secretHashes: [],
        grantTypes: ['authorization_code'],
        responseTypes: ['code'],
        redirectUris: ['https://c.example/cb'],
        allowedOrigins: [],
        scopes: [],
        defaultScopes: [],
        trusted: false,
        pkceRequired: false,
        refresh: { onReuse: 'revoke_family', withoutOfflineAccess: false },
        multipleResources: false,
        legacy: { plainPkce: false, redirectWildcard: false, redirectExtraQuery: false, assertionAudience: false },
        postLogoutRedirectUris: [],
        par: { required: false },
        requestObjects: 'optional',
        device: { refresh: false },
        backchannel: { delivery: 'poll', userCode: false, signedRequests: false },
        exchange: { impersonation: false },
      },
    ]);
    expect(users).toEqual([
      {
        id: expect.stringMatching(/^[0-9a-f-]{36}$/),
        username: 'ada',
        status: 'active',
        claims: {},
        mustChangePassword: false,
      },
    ]);
  });

  it('house: takes every key as it is written', () => {
    const { environment, resources, clients, users } = configOf(
      [
        'environment: shop',
        'name: Shop',
        'enabled: false',
        'grantTypes: [authorization_code, refresh_token, "urn:example:grant"]',
        'pkce: required',
        'lifetimes: { code: 30, flow: 60 }',
        'signing: { accessToken: RS256 }',
        'passwordChangeEndsRefresh: false',
        'resources:',
        '  - { name: o, audience: "https://o.example", accessTokenLifetime: 300, scopes: [{ name: r, description: D, userOnly: true }] }',
        'clients:',
        '  - id: c',
        '    name: C',
        '    enabled: false',
        '    auth: client_secret_basic',
        '    secrets: ["${OLD}", "${NEW}"]',
        '    grantTypes: [authorization_code, refresh_token, "urn:example:grant"]',
        '    responseTypes: [code]',
        '    redirectUris: [com.example.app:/cb]',
        '    allowedOrigins: [https://c.example:8443]',
        '    scopes: [openid, r]',
        '    trusted: true',
        '    pkce: required',
        '    refresh: { idle: 60, absolute: 120, grace: 0, onReuse: refuse, withoutOfflineAccess: true }',
        '    accessTokenLifetime: 60',
        '    multipleResources: true',
        '    legacy: { plainPkce: true, redirectWildcard: true, redirectExtraQuery: true }',
        'users:',
        '  - id: user-1',
        '    username: ada',
        '    status: locked',
        '    claims: { email_verified: true, updated_at: 5, address: { country: GB }, "https://x.example/n": [1, { a: null }] }',
      ].join('\n'),
      { OLD: `${SECRET} 1`, NEW: `${SECRET} 2` },
    );
    expect(environment).toMatchObject({
      name: 'Shop',
      enabled: false,
      pkce: 'required',
      passwordChangeEndsRefresh: false,
    });
    expect(environment).toMatchObject({
      signing: { idToken: 'RS256', accessToken: 'RS256' },
      lifetimes: { code: 30, flow: 60 },
    });
    expect(resources[0]).toMatchObject({
      accessTokenLifetime: 300,
      scopes: [{ name: 'r', description: 'D', userOnly: true }],
    });
    expect(clients[0]).toMatchObject({
      enabled: false,
      secretHashes: [`hash(${SECRET} 1)`, `hash(${SECRET} 2)`],
      redirectUris: ['com.example.app:/cb'],
      allowedOrigins: ['https://c.example:8443'],
      trusted: true,
      pkceRequired: true,
      refresh: { idle: 60, absolute: 120, grace: 0, onReuse: 'refuse', withoutOfflineAccess: true },
      accessTokenLifetime: 60,
      multipleResources: true,
      legacy: { plainPkce: true, redirectWildcard: true, redirectExtraQuery: true },
    });
    expect(users[0]).toEqual({
      id: 'user-1',
      username: 'ada',
      status: 'locked',
      mustChangePassword: false,
      claims: {
        email_verified: true,
        updated_at: 5,
        address: { country: 'GB' },
        'https://x.example/n': [1, { a: null }],
      },
    });
  });

  it('house: anchors spare repetition', () => {
    const { clients } = configOf(
      'environment: e\nclients:\n' +
        '  - { id: a, auth: none, redirectUris: [https://a.example/cb], scopes: &scopes [openid, email] }\n' +
        '  - { id: b, auth: none, redirectUris: [https://b.example/cb], scopes: *scopes }',
    );
    expect(clients[1]?.scopes).toEqual(['openid', 'email']);
  });
});

describe('secrets', () => {
  it.each([
    ['a reference', '    auth: client_secret_basic\n    secret: ${S}', [`hash(${SECRET})`]],
    ['a SHA-256', `    auth: client_secret_basic\n    secretHash: ${HASH}`, [`wrap(${'A'.repeat(43)})`]],
    ['a reference to a SHA-256', '    auth: client_secret_post\n    secretHash: ${H}', [`wrap(${'A'.repeat(43)})`]],
  ])('house: a client gives %s', (_what, keys, hashes) => {
    expect(firstClient(keys, { S: SECRET, H: HASH })?.secretHashes).toEqual(hashes);
  });

  it.each([
    ['a reference', '    password: ${P}', { plain: SECRET }],
    ['a hash', `    passwordHash: ${ARGON}`, { hash: ARGON }],
    ['a reference to a hash', '    passwordHash: ${A}', { hash: ARGON }],
    ['nothing', '    status: active', undefined],
  ])('house: a user gives %s', (_what, keys, password) => {
    expect(firstUser(keys, { P: SECRET, A: ARGON })?.password).toEqual(password);
  });
});

describe('the id of a user whose file gives none', () => {
  const idOf = (environment: string, username: string) =>
    configOf(`environment: ${environment}\nusers: [{ username: ${username} }]`).users[0]?.id;

  it('house: never changes, or every sub would', () => {
    expect(idOf('demo', 'ada')).toBe('5264754c-0064-5e32-99b7-ba5c88f1c244');
  });

  it('house: is the same for two spellings of one name, and another one elsewhere', () => {
    expect(idOf('demo', 'ADA')).toBe(idOf('demo', 'ada'));
    expect(idOf('shop', 'ada')).not.toBe(idOf('demo', 'ada'));
    expect(idOf('demo', 'grace')).not.toBe(idOf('demo', 'ada'));
  });
});
