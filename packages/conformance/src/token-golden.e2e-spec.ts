import { decodeJwt, decodeProtectedHeader } from 'jose';
import type { App, Tokens } from './support/app.js';
import { SECRET, Tenant } from './support/environments.js';
import { expectGolden } from './support/golden.js';
import { Answer, postForm } from './support/http.js';
import { SignedOn } from './support/signed-on.js';
import { target } from './support/target.js';

const VOLATILE = [
  'access_token',
  'refresh_token',
  'id_token',
  'jti',
  'sid',
  'at_hash',
  'authorization_id',
  'kid',
  'sub',
];

describe('token endpoint: what leaves the house, house style habit 11', () => {
  let tenant: Tenant;
  let web: App;
  let service: App;
  let user: SignedOn;

  beforeAll(async () => {
    tenant = await Tenant.create();
    web = tenant.app();
    service = tenant.app('service');
    user = new SignedOn(web);
  });

  const texts = () => ({ [target.baseUrl]: 'https://as.example', [tenant.id]: '(environment)' });

  /** Times as what they mean: seconds from `iat`. */
  function told(token: string): object {
    const { iat = 0, exp = 0, auth_time, ...claims } = decodeJwt(token);
    const times = {
      iat: '(iat)',
      exp: `(iat) + ${exp - iat}`,
      ...(auth_time !== undefined && { auth_time: '(auth_time)' }),
    };
    return { header: decodeProtectedHeader(token), claims: { ...claims, ...times } };
  }

  const shown = ({ status, headers, text }: Answer) => ({
    status,
    headers: Object.fromEntries(
      ['content-type', 'cache-control', 'pragma', 'www-authenticate', 'allow'].flatMap((name) => {
        const value = headers.get(name);
        return value === null ? [] : [[name, value]];
      }),
    ),
    body: JSON.parse(text),
  });

  it('house: the reply to a code, its access token and its ID token', async () => {
    const answer = await web.redeem(await user.code());
    const tokens = answer.json<Tokens>();
    expectGolden('token-reply-authorization-code', shown(answer), { members: VOLATILE, texts: texts() });
    expectGolden('access-token-of-a-user', told(tokens.access_token), { members: VOLATILE, texts: texts() });
    expectGolden('id-token', told(tokens.id_token), { members: VOLATILE, texts: texts() });
  });

  it('house: the reply to a refresh token, and its ID token', async () => {
    const answer = await web.refresh((await user.tokens()).refresh_token);
    expectGolden('token-reply-refresh-token', shown(answer), { members: VOLATILE, texts: texts() });
    expectGolden('id-token-refreshed', told(answer.json<Tokens>().id_token), { members: VOLATILE, texts: texts() });
  });

  it('house: the reply to client credentials, and its access token', async () => {
    const answer = await service.token({ grant_type: 'client_credentials' });
    const members = VOLATILE.filter((name) => name !== 'sub');
    expectGolden('token-reply-client-credentials', shown(answer), { members, texts: texts() });
    expectGolden('access-token-of-a-client', told(answer.json<Tokens>().access_token), { members, texts: texts() });
  });

  it('house: handles by their shape, so that secret scanners keep finding them', async () => {
    const shape = (handle: string) =>
      handle.replaceAll(/[A-Za-z0-9_-]{43}/g, '(secret)').replace(/_[A-Za-z0-9_-]{22}/, '_(id)');
    const code = await user.code();
    const { refresh_token } = (await web.redeem(code)).json<Tokens>();
    const second = (await web.refresh(refresh_token)).json<Tokens>();
    const session = user.cookie(`ST-${tenant.id}`) ?? '';
    expectGolden('handles', [code, refresh_token, second.refresh_token, session].map(shape));
  });

  it('X8 every refusal of the token endpoint', async () => {
    const url = `${tenant.issuer}/token`;
    const grant_type = 'client_credentials';
    const refusals: Record<string, Answer> = {
      'no grant_type': await service.token({}),
      'a parameter twice': await postForm(url, [
        ['grant_type', 'a'],
        ['grant_type', 'b'],
      ]),
      'unknown grant_type': await service.token({ grant_type: 'foo' }),
      'grant of others': await service.token({ grant_type: 'refresh_token' }),
      'no client': await postForm(url, { grant_type }),
      'wrong secret, by Basic': await Object.assign(tenant.app('service'), { secret: 'wrong' }).token({ grant_type }),
      'wrong secret, in the body': await postForm(url, { grant_type, client_id: 'service', client_secret: 'wrong' }),
      'two methods': await service.token({ grant_type, client_secret: SECRET }),
      'malformed scope': await service.token({ grant_type, scope: '"' }),
      'foreign scope': await service.token({ grant_type, scope: 'orders:write' }),
      'scopes of two resources': await service.token({ grant_type, scope: 'orders:read billing:read' }),
      'foreign resource': await service.token({ grant_type, resource: 'https://api.example/nowhere' }),
      'no code': await web.token({ grant_type: 'authorization_code' }),
      'unknown code': await web.redeem('x'),
      'code too long': await web.redeem('x'.repeat(600)),
      'no refresh token': await web.token({ grant_type: 'refresh_token' }),
      'unknown refresh token': await web.refresh('x'),
      'wrong media type': await postForm(url, { grant_type }, { 'content-type': 'application/json' }),
      'a body too large': await service.token({ grant_type, padding: 'x'.repeat(70_000) }),
    };
    const bodies = Object.fromEntries(Object.entries(refusals).map(([what, answer]) => [what, shown(answer)]));
    expectGolden('token-refusals', bodies, { texts: texts() });
  });
});
