import { ClientJwtVerifier } from '@grantway/client-auth';
import { User, UserDirectory } from '@grantway/domain';
import { OAuthError } from '@grantway/protocol';
import { TokenVerifier } from '@grantway/token-signing';
import { Injectable } from '@nestjs/common';
import { AuthorizeContext } from '../authorize-context.js';
import { HINTED_SUBJECT } from '../parameters.js';
import { Step } from '../step.js';

/** Whom the client believes to be there: `login_hint`, `id_token_hint` (OIDC Core §3.1.2.1), PingOne's `login_hint_token`. */
@Injectable()
export class CheckHint extends Step {
  constructor(
    private readonly ours: TokenVerifier,
    private readonly theirs: ClientJwtVerifier,
    private readonly users: UserDirectory,
  ) {
    super();
  }

  async run(context: AuthorizeContext): Promise<void> {
    const loginHint = context.params.get('login_hint');
    if (loginHint !== undefined) context.loginHint = loginHint;
    await this.#idToken(context);
    await this.#loginHintToken(context);
    // Out of a login hint token that was read when the request was pushed, where it came before the ID token as well.
    const hinted = context.pushed?.params[HINTED_SUBJECT]?.[0];
    if (hinted !== undefined) context.hintedSubject = hinted;
  }

  /** A hint we did not issue to this client fits nobody. */
  async #idToken(context: AuthorizeContext): Promise<void> {
    const { client, environment, issuer, params } = context;
    const hint = params.get('id_token_hint');
    if (hint === undefined) return;
    const claims = await this.ours.verify(hint, { environmentId: environment.id, issuer, purpose: 'id_token_hint' });
    const forThisClient = claims !== undefined && [claims.aud].flat().includes(client.id);
    context.hintedSubject = (forThisClient && claims.sub) || '';
  }

  /** Signed by the client, so it is right or the request is wrong. */
  async #loginHintToken(context: AuthorizeContext): Promise<void> {
    const { client, environment, issuer, params } = context;
    const token = params.get('login_hint_token');
    if (token === undefined) return;
    const expected = { purpose: 'login_hint_token', client, environment, issuer } as const;
    const { claims, refused } = await this.theirs.verify(token, expected);
    const sub = claims?.sub;
    const user = sub === undefined ? undefined : await this.#find(environment.id, sub);
    if (!user) {
      const reason = `login_hint_token.${refused ?? 'nobody'}`;
      throw new OAuthError('invalid_request', { reason, description: 'login_hint_token is not valid' });
    }
    context.hintedSubject = user.id;
    context.loginHint = user.username;
  }

  /** By id or by the name they sign on with. */
  async #find(environmentId: string, sub: string): Promise<User | undefined> {
    return (await this.users.find(environmentId, sub)) ?? (await this.users.findByUsername(environmentId, sub));
  }
}
