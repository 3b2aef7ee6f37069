import { AuthCodeGrant, DateInterval, RefreshTokenGrant } from '@jmondi/oauth2-server';
import { JoseJwt } from './jwt.js';

type Answering = RefreshTokenGrant['makeBearerTokenResponse'];

/** The authorization code grant, with an ID token for those who ask for `openid`. */
export class OpenIdAuthCodeGrant extends AuthCodeGrant {
  protected override authCodeTTL = new DateInterval('10m');

  override makeBearerTokenResponse(...args: Parameters<Answering>): ReturnType<Answering> {
    return withIdToken(super.makeBearerTokenResponse(...args), this.jwt, args);
  }
}

/** The refresh token grant, with an ID token again. */
export class OpenIdRefreshTokenGrant extends RefreshTokenGrant {
  override makeBearerTokenResponse(...args: Parameters<Answering>): ReturnType<Answering> {
    return withIdToken(super.makeBearerTokenResponse(...args), this.jwt, args);
  }
}

/** Both signatures are made at the same time. */
async function withIdToken(
  answer: ReturnType<Answering>,
  jwt: unknown,
  [client, { user }, scopes = []]: Parameters<Answering>,
): ReturnType<Answering> {
  if (!user || !(jwt instanceof JoseJwt) || !scopes.some(({ name }) => name === 'openid')) return answer;
  const [response, idToken] = await Promise.all([answer, jwt.idToken(client.id, String(user.id))]);
  response.body['id_token'] = idToken;
  return response;
}
