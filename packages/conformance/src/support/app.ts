import { createHash, randomBytes } from 'node:crypto';
import { Answer, basic, postForm, request } from './http.js';
import { Person } from './person.js';

/** An application that uses Grantway: builds requests, redeems codes. No client library, so that it can also misbehave. */
export class App {
  readonly verifier = randomBytes(32).toString('base64url');
  readonly issuer: string;

  constructor(
    readonly baseUrl: string,
    readonly environment: string,
    readonly clientId: string,
    readonly redirectUri: string,
    readonly secret?: string,
    readonly scope = 'openid profile email offline_access orders:read',
  ) {
    this.issuer = `${baseUrl}/${environment}/as`;
  }

  /** An authorization request; a change of undefined leaves the parameter out. */
  authorizeParams(changes: Record<string, string | undefined> = {}): Record<string, string> {
    const params: Record<string, string | undefined> = {
      client_id: this.clientId,
      response_type: 'code',
      redirect_uri: this.redirectUri,
      scope: this.scope,
      state: 'state-1',
      nonce: 'nonce-1',
      code_challenge: createHash('sha256').update(this.verifier).digest('base64url'),
      code_challenge_method: 'S256',
      ...changes,
    };
    return Object.fromEntries(
      Object.entries(params).filter((entry): entry is [string, string] => entry[1] !== undefined),
    );
  }

  authorizeUrl(changes: Record<string, string | undefined> = {}): string {
    return `${this.issuer}/authorize?${new URLSearchParams(this.authorizeParams(changes))}`;
  }

  /** The whole sign-in of a person, to the answer at the client. */
  async signIn(
    person: Person,
    user: { username: string; password: string },
    changes: Record<string, string | undefined> = {},
  ): Promise<Answer> {
    let answer = await person.follow(this.authorizeUrl(changes));
    if (answer.text.includes('usernamePassword.check'))
      answer = await person.signOn(answer, user.username, user.password);
    if (answer.text.includes('user.consent')) answer = await person.consent(answer);
    return answer;
  }

  /** A fresh code for this user. */
  async code(
    user: { username: string; password: string },
    changes: Record<string, string | undefined> = {},
  ): Promise<string> {
    const answer = await this.signIn(new Person(this.baseUrl), user, changes);
    const { code } = answer.params();
    if (!code) throw new Error(`no code: ${answer.status} ${answer.location ?? answer.text.slice(0, 300)}`);
    return code;
  }

  redeem(code: string, changes: Record<string, string | undefined> = {}): Promise<Answer> {
    return this.token({
      grant_type: 'authorization_code',
      code,
      redirect_uri: this.redirectUri,
      code_verifier: this.verifier,
      ...changes,
    });
  }

  async tokens(
    user: { username: string; password: string },
    changes: Record<string, string | undefined> = {},
  ): Promise<Tokens> {
    const answer = await this.redeem(await this.code(user, changes));
    if (answer.status !== 200) throw new Error(`no tokens: ${answer.status} ${answer.text}`);
    return answer.json<Tokens>();
  }

  refresh(refreshToken: string, changes: Record<string, string | undefined> = {}): Promise<Answer> {
    return this.token({ grant_type: 'refresh_token', refresh_token: refreshToken, ...changes });
  }

  /** A token request with this client's own authentication. */
  token(form: Record<string, string | undefined>): Promise<Answer> {
    const sent = Object.fromEntries(
      Object.entries(form).filter((entry): entry is [string, string] => entry[1] !== undefined),
    );
    const headers = this.secret === undefined ? {} : basic(this.clientId, this.secret);
    const identity = this.secret === undefined ? { client_id: this.clientId } : {};
    return postForm(`${this.issuer}/token`, { ...identity, ...sent }, headers);
  }

  userInfo(accessToken: string): Promise<Answer> {
    return request(`${this.issuer}/userinfo`, { headers: { authorization: `Bearer ${accessToken}` } });
  }
}

export interface Tokens {
  readonly access_token: string;
  readonly id_token: string;
  readonly refresh_token: string;
  readonly scope: string;
  readonly expires_in: number;
}
