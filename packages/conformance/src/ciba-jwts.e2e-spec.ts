import { decodeJwt } from 'jose';
import { Approver, type Asked, aTill, cibaTenant, RequestRows, Till } from './support/ciba.js';
import { ClientKey, requestClaims, SecretKey, seconds, spoiled, unsigned } from './support/client-jwt.js';
import { Storage } from './support/database.js';
import { ADA, SECRET, type Tenant } from './support/environments.js';
import { target } from './support/target.js';
import { expectClean, expectJsonError, expectRefusal, unchanged } from './support/verdict.js';

const LONG_SECRET = 'a-secret-that-is-long-enough-for-every-one-of-the-hmac-algorithms';
const KEY = ClientKey.make('ES256', 'till-key');
const KEYS = ['PS256', 'EdDSA', 'RS256'].map((alg) => ClientKey.make(alg, `till-${alg}`));
const OTHER = ClientKey.make('ES256', 'till-key');

describe('what backchannel requests bring as JWTs, seeds 7.9', () => {
  const storage = new Storage();
  const rows = new RequestRows(storage);
  let tenant: Tenant;
  let till: Till;

  beforeAll(async () => {
    tenant = await cibaTenant((file) => {
      const jwks = { keys: [KEY, ...KEYS].map(({ publicJwk }) => publicJwk) };
      file.clients.push(
        aTill(file, { id: 'signer', jwks, secretForSigning: true, secret: LONG_SECRET }),
        aTill(file, { id: 'strict', jwks, backchannel: { signedRequests: true } }),
        aTill(file, { id: 'other', jwks: { keys: [OTHER.publicJwk] } }),
      );
    });
    till = new Till(tenant.app('till'));
  });
  /** A client has fifty open at most, a user three. */
  afterEach(async () => {
    await storage.rows(`UPDATE backchannel_request SET expires_at = now() WHERE environment_id = $1`, [tenant.id]);
  });
  afterAll(() => storage.close());

  const tillOf = (id: string) => new Till(tenant.app(id));
  const pending = async (username: string) => {
    const [row] = await storage.rows<{ n: number }>(
      `SELECT count(*)::int AS n FROM backchannel_request JOIN directory_user u ON u.id = user_id AND u.environment_id = $1
       WHERE backchannel_request.environment_id = $1 AND u.username = $2`,
      [tenant.id, username],
    );
    return row?.n ?? 0;
  };

  describe('hints', () => {
    it('B8 an id_token_hint of ours for this client, also when it expired; of another client not', async () => {
      const asked = await new Approver(tenant, tenant.person(), target.baseUrl).answer(
        await till.ask({ login_hint: 'ada' }),
      );
      const { id_token } = (await till.poll(asked)).json<{ id_token: string }>();
      const again = await till.ask({ login_hint: undefined, id_token_hint: id_token });
      expect(await pending('ada')).toBe(2);
      await rows.age(again, 600);
      const foreign = await tillOf('bank').request({ login_hint: undefined, id_token_hint: id_token });
      expectJsonError(foreign, 400, 'invalid_request', id_token);
      const spoiledHint = await till.request({ login_hint: undefined, id_token_hint: spoiled(id_token) });
      expectJsonError(spoiledHint, 400, 'invalid_request');
    });

    it('JW-03 an access token is no id_token_hint', async () => {
      const { access_token } = await tenant.app().tokens(ADA);
      expectJsonError(
        await till.request({ login_hint: undefined, id_token_hint: access_token }),
        400,
        'invalid_request',
      );
    });

    const token = (changes: object = {}, key: ClientKey | SecretKey = KEY) =>
      key.jwt({ iss: 'signer', aud: tenant.issuer, iat: seconds(), exp: seconds(60), ...changes });
    const hinted = (login_hint_token: string) => tillOf('signer').request({ login_hint: undefined, login_hint_token });

    it('B2 CB-01 a login_hint_token the client signed, with a key or its secret, by name or id', async () => {
      const { sub } = decodeJwt((await tenant.app().tokens(ADA)).id_token);
      for (const jwt of [
        token({ sub: Till.somebody() }),
        token({ sub }),
        token({ sub: Till.somebody() }, new SecretKey(LONG_SECRET)),
      ]) {
        expectClean(await hinted(jwt));
        expect((await hinted(token({ sub: Till.somebody() }))).status).toBe(200);
      }
    });

    it('B2 CB-01 expired: expired_login_hint_token; for nobody: unknown_user_id; unsound: invalid_request', async () => {
      const sub = Till.somebody();
      const refused = [
        [token({ sub, iat: seconds(-120), exp: seconds(-60) }), 'expired_login_hint_token'],
        [token({ sub: 'nobody' }), 'unknown_user_id'],
        [token({}), 'invalid_request'],
        [token({ sub }, OTHER), 'invalid_request'],
        [token({ sub, aud: 'https://elsewhere.example' }), 'invalid_request'],
        [token({ sub, iss: 'till' }), 'invalid_request'],
        [token({ sub, iat: seconds(-120), exp: seconds(-60) }, OTHER), 'invalid_request'],
        [unsigned({ sub, iss: 'signer' }), 'invalid_request'],
      ] as const;
      for (const [jwt, error] of refused) {
        expectJsonError(await unchanged(storage, tenant.id, () => hinted(jwt)), 400, error);
      }
    });
  });

  describe('signed requests', () => {
    const params = () => ({ scope: 'openid profile', login_hint: Till.somebody(), binding_message: 'signed' });
    const claims = (changes: object = {}) => requestClaims('signer', tenant.issuer, { ...params(), ...changes });
    const send = (jwt: string, beside: Record<string, string> = {}, id = 'signer') =>
      tillOf(id).request({ scope: undefined, login_hint: undefined, request: jwt, ...beside });

    it.each([KEY, ...KEYS.slice(0, 2), new SecretKey(LONG_SECRET)])(
      'B7 CB-07 signed: asked, with what it says ($alg)',
      async (key) => {
        const answer = await send(key.jwt(claims({ requested_expiry: 77 })));
        expect([answer.status, answer.json<Asked>().expires_in]).toEqual([200, 77]);
        const [row] = await storage.rows(
          `SELECT binding_message, asked_scope FROM backchannel_request WHERE environment_id = $1 ORDER BY id DESC LIMIT 1`,
          [tenant.id],
        );
        expect(row).toEqual({ binding_message: 'signed', asked_scope: ['openid', 'profile'] });
      },
    );

    it('B7 a client that must sign: unsigned → invalid_request, signed → asked', async () => {
      expectJsonError(await tillOf('strict').request(), 400, 'invalid_request');
      const strict = requestClaims('strict', tenant.issuer, params());
      expect((await send(KEY.jwt(strict), {}, 'strict')).status).toBe(200);
    });

    it.each(['scope', 'login_hint', 'binding_message', 'resource', 'acr_values', 'anything'])(
      'B7 %s beside the request → invalid_request',
      async (name) => {
        const answer = await unchanged(storage, tenant.id, () => send(KEY.jwt(claims()), { [name]: 'openid' }));
        expectJsonError(answer, 400, 'invalid_request');
      },
    );

    it.each([
      ['no iss', { iss: undefined }],
      ['no aud', { aud: undefined }],
      ['no exp', { exp: undefined }],
      ['no iat', { iat: undefined }],
      ['no nbf', { nbf: undefined }],
      ['no jti', { jti: undefined }],
      ['another iss', { iss: 'till' }],
      ['another aud', { aud: 'https://elsewhere.example' }],
      ['an exp in the past', { exp: seconds(-60) }],
      ['an exp 70 minutes ahead', { exp: seconds(70 * 60) }],
      ['an nbf 70 minutes ago', { nbf: seconds(-70 * 60) }],
      ['an nbf in the future', { nbf: seconds(600) }],
      ['an exp that is text', { exp: 'tomorrow' }],
      ['a request inside', { request: 'x' }],
      ['another client_id', { client_id: 'till' }],
      ['a scope that is no text', { scope: ['openid'] }],
      ['two hints', { login_hint_token: 'x' }],
    ])('B7 CB-07 %s → invalid_request, and nobody is asked', async (_what, changes) => {
      const answer = await unchanged(storage, tenant.id, () => send(KEY.jwt(claims(changes))));
      expectJsonError(answer, 400, 'invalid_request');
      expect((await send(KEY.jwt(claims()))).status).toBe(200);
    });

    it('CB-07 JW-01 none, RS256, another’s key, a spoiled signature, another’s secret → invalid_request', async () => {
      const forged = [
        unsigned(claims()),
        (KEYS[2] as ClientKey).jwt(claims()),
        OTHER.jwt(claims()),
        spoiled(KEY.jwt(claims())),
        new SecretKey(SECRET.repeat(3)).jwt(claims()),
      ];
      for (const jwt of forged) {
        const answer = await unchanged(storage, tenant.id, () => send(jwt));
        expectRefusal(answer);
        expectJsonError(answer, 400, 'invalid_request');
      }
    });
  });
});
