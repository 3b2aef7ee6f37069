import { configOf, problemsOf } from '../../test/environment-files.js';

const SECRET = 'a secret of the vault, long enough to key JWTs';
const EC =
  'kty: EC, crv: P-256, x: f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU, y: x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0';
const ALL_GRANTS =
  'grantTypes: [authorization_code, refresh_token, client_credentials, implicit, password, ' +
  '"urn:ietf:params:oauth:grant-type:device_code", "urn:ietf:params:oauth:grant-type:token-exchange", ' +
  '"urn:openid:params:grant-type:ciba", "urn:ietf:params:oauth:grant-type:jwt-bearer"]';

const environmentWith = (keys: string) => configOf(`environment: e\n${keys}`).environment;
const clientWith = (keys: string, head = '') =>
  configOf(
    `environment: e\n${ALL_GRANTS}\n${head}\nclients:\n  - id: c\n    grantTypes: [client_credentials]\n    ${keys}`,
    { S: SECRET, T: `${SECRET}, too` },
  ).clients[0];

describe('what a file says of the grants beside the first three', () => {
  it('house: the environment', () => {
    const environment = environmentWith(
      [
        'par: required',
        'outbound: { privateAddresses: true }',
        'userCode: { characters: digits, length: 12 }',
        'accounts: { recovery: true, registration: true, messagesUrl: "http://localhost:9/messages" }',
        'lifetimes: { par: 600, deviceCode: 1, deviceInterval: 60, backchannel: 1, backchannelMost: 2, backchannelInterval: 1, oneTimeCode: 60 }',
      ].join('\n'),
    );
    expect(environment).toMatchObject({
      par: 'required',
      outbound: { privateAddresses: true },
      userCode: { characters: 'digits', length: 12 },
      accounts: { recovery: true, registration: true, messagesUrl: 'http://localhost:9/messages' },
      lifetimes: {
        par: 600,
        deviceCode: 1,
        deviceInterval: 60,
        backchannel: 1,
        backchannelMost: 2,
        backchannelInterval: 1,
        oneTimeCode: 60,
        code: 60,
      },
    });
  });

  it('house: a client, what it leaves out taking the default', () => {
    const client = clientWith(
      [
        'auth: client_secret_basic',
        'secret: ${S}',
        'postLogoutRedirectUris: [https://c.example/bye]',
        'par: { required: true, lifetime: 5 }',
        'device: { pathId: tv, verificationUri: "https://c.example/tv", interval: 1, refresh: true }',
        'backchannel: { delivery: push, notificationEndpoint: "https://c.example/cb", userCode: true }',
        'exchange: { impersonation: true, allowedDelegators: [c] }',
        'legacy: { assertionAudience: true }',
      ].join('\n    '),
    );
    expect(client).toMatchObject({
      postLogoutRedirectUris: ['https://c.example/bye'],
      par: { required: true, lifetime: 5 },
      device: { pathId: 'tv', verificationUri: 'https://c.example/tv', interval: 1, refresh: true },
      backchannel: {
        delivery: 'push',
        notificationEndpoint: 'https://c.example/cb',
        userCode: true,
        signedRequests: false,
      },
      exchange: { impersonation: true, allowedDelegators: ['c'] },
      legacy: { assertionAudience: true, plainPkce: false },
    });
    expect(client).not.toHaveProperty('sealedSecret');
    expect(client).not.toHaveProperty('keys');
  });

  it.each([
    ['auth: client_secret_jwt\n    secret: ${S}', `seal(${SECRET}, e/c)`],
    ['auth: client_secret_basic\n    secret: ${S}\n    secretForSigning: true', `seal(${SECRET}, e/c)`],
    [
      'auth: client_secret_basic\n    secrets: ["${T}", "${S}"]\n    secretForSigning: true',
      `seal(${SECRET}, too, e/c)`,
    ],
    ['auth: client_secret_basic\n    secret: ${S}\n    secretForSigning: false', undefined],
    ['auth: client_secret_basic\n    secret: ${S}', undefined],
  ])('house: a secret is kept readable only where JWTs are keyed by it: %s', (keys, sealed) => {
    expect(clientWith(keys)?.sealedSecret).toBe(sealed);
  });

  it('RFC 7591 §2 keys are given as they are, or by their address', () => {
    expect(clientWith(`auth: private_key_jwt\n    jwks: { keys: [{ ${EC}, kid: one }] }`)?.keys).toEqual({
      jwks: { keys: [expect.objectContaining({ kty: 'EC', kid: 'one' })] },
    });
    expect(clientWith('auth: private_key_jwt\n    jwksUri: https://c.example/jwks')?.keys).toEqual({
      jwksUri: 'https://c.example/jwks',
    });
    expect(clientWith('auth: private_key_jwt\n    jwksUri: https://c.example/jwks')?.secretHashes).toEqual([]);
  });

  it.each([
    ['token id_token', 'id_token token'],
    ['id_token code', 'code id_token'],
    ['token id_token code', 'code id_token token'],
    ['id_token', 'id_token'],
  ])('H1 the response type %s is kept in its sorted spelling', (written, kept) => {
    const file = `environment: e\n${ALL_GRANTS}\nclients:\n  - { id: c, auth: none, redirectUris: [https://c.example/cb], grantTypes: [authorization_code, implicit], responseTypes: [${written}] }`;
    expect(configOf(file).clients[0]?.responseTypes).toEqual([kept]);
  });

  it('house: resources, users and service accounts', () => {
    const { resources, users, serviceAccounts } = configOf(
      [
        'environment: e',
        'resources:',
        '  - name: r',
        '    accessTokenFormat: opaque',
        '    accessTokenAlgorithm: RS256',
        '    introspectionSecret: ${S}',
        '    mayAct: { sub: somebody, client_id: c }',
        '    scopes: [{ name: r:read }]',
        'clients: [{ id: c, auth: none, redirectUris: [https://c.example/cb], scopes: [r:read] }]',
        'users: [{ username: ada, password: "${S}", mustChangePassword: true, userCode: "${C}" }]',
        'serviceAccounts:',
        '  - { id: nightly, client: c, scopes: [r:read] }',
        '  - { id: off, name: Off, description: Why, enabled: false, client: c, scopes: [r:read], bindings: [c] }',
      ].join('\n'),
      { S: SECRET, C: '4711' },
    );
    expect(resources).toMatchObject([
      {
        accessTokenFormat: 'opaque',
        accessTokenAlgorithm: 'RS256',
        introspectionSecretHashes: [`hash(${SECRET})`],
        mayAct: { sub: 'somebody', client_id: 'c' },
      },
    ]);
    expect(users).toMatchObject([
      { mustChangePassword: true, password: { plain: SECRET }, userCode: { plain: '4711' } },
    ]);
    expect(serviceAccounts).toEqual([
      {
        environmentId: 'e',
        id: 'nightly',
        name: 'nightly',
        enabled: true,
        clientId: 'c',
        scopes: ['r:read'],
        bindings: [],
      },
      {
        environmentId: 'e',
        id: 'off',
        name: 'Off',
        description: 'Why',
        enabled: false,
        clientId: 'c',
        scopes: ['r:read'],
        bindings: ['c'],
      },
    ]);
  });
});

describe('the ranges of what a file may say', () => {
  it.each([
    ['lifetimes: { par: 601 }', 'lifetimes.par: 601 is out of range: whole seconds, 1–600'],
    ['lifetimes: { deviceCode: 3601 }', 'lifetimes.deviceCode: 3601 is out of range: whole seconds, 1–3600'],
    ['lifetimes: { deviceInterval: 0 }', 'lifetimes.deviceInterval: 0 is out of range: whole seconds, 1–60'],
    ['lifetimes: { backchannel: 0 }', 'lifetimes.backchannel: 0 is out of range: whole seconds, 1–3600'],
    ['lifetimes: { backchannelMost: 3601 }', 'lifetimes.backchannelMost: 3601 is out of range: whole seconds, 1–3600'],
    [
      'lifetimes: { backchannelInterval: 61 }',
      'lifetimes.backchannelInterval: 61 is out of range: whole seconds, 1–60',
    ],
    ['lifetimes: { oneTimeCode: 59 }', 'lifetimes.oneTimeCode: 59 is out of range: whole seconds, 60–3600'],
    ['userCode: { length: 5 }', 'userCode.length: 5 is out of range: whole characters, 6–12'],
    ['userCode: { length: 13 }', 'userCode.length: 13 is out of range: whole characters, 6–12'],
    ['userCode: { characters: vowels }', 'userCode.characters: "vowels" is not one of consonants, letters, digits'],
    [
      'clients: [{ id: c, auth: none, redirectUris: [https://c.example/cb], device: { pathId: a b } }]',
      'clients[0].device.pathId: "a b" is not a path id: letters, digits, - _ and at most 50 of them',
    ],
    [
      'clients: [{ id: c, auth: none, redirectUris: [https://c.example/cb], device: { lifetime: 0 } }]',
      'clients[0].device.lifetime: 0 is out of range: whole seconds, 1–3600',
    ],
    [
      'clients: [{ id: c, auth: none, redirectUris: [https://c.example/cb], device: { interval: 61 } }]',
      'clients[0].device.interval: 61 is out of range: whole seconds, 1–60',
    ],
    [
      'clients: [{ id: c, auth: none, redirectUris: [https://c.example/cb], par: { lifetime: 601 } }]',
      'clients[0].par.lifetime: 601 is out of range: whole seconds, 1–600',
    ],
    [
      'users: [{ id: "urn:grantway:serviceaccount:x", username: ada }]',
      'users[0].id: "urn:grantway:serviceaccount:x" is how service accounts are named, no user',
    ],
    [
      'accounts: { messagesUrl: "ftp://x.example" }',
      'accounts.messagesUrl: "ftp://x.example" is not an absolute https URL',
    ],
    [
      'accounts: { messagesUrl: "https://u:p@x.example" }',
      'accounts.messagesUrl: "https://u:p@x.example" has user information',
    ],
  ])('house: %s', (keys, problem) => {
    expect(problemsOf(`environment: e\n${keys}`)).toEqual([expect.stringMatching(`^2:\\d+ ${escaped(problem)}$`)]);
  });

  it('house: a user code is shorter than a password may be, but not empty', () => {
    const file = 'environment: e\nusers: [{ username: ada, userCode: "${C}" }]';
    expect(problemsOf(file, { C: '4711' })).toEqual([]);
    expect(problemsOf(file, { C: '471' })).toEqual([
      '2:36 users[0].userCode: the value of C is shorter than 4 characters',
    ]);
    expect(problemsOf('environment: e\nusers: [{ username: ada, userCode: canary }]')).toEqual([
      '2:36 users[0].userCode: must be a reference ${NAME}: a user code in the file itself is allowed only with demo: true',
    ]);
  });
});

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
