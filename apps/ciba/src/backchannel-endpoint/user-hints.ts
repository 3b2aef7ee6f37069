import { ClientJwtVerifier } from '@grantway/client-auth';
import { Client, Environment, User, UserDirectory } from '@grantway/domain';
import { ClientForm } from '@grantway/platform';
import { OAuthError } from '@grantway/protocol';
import { TokenVerifier } from '@grantway/token-signing';
import { Injectable } from '@nestjs/common';
import { invalid } from './invalid.js';

const HINTS = ['login_hint', 'login_hint_token', 'id_token_hint'] as const;

/** Who is asked, and for whom. */
export interface HintGrounds {
  readonly form: ClientForm;
  readonly client: Client;
  readonly environment: Environment;
  readonly issuer: string;
}

/** Whom a request is about: exactly one of three hints (CIBA Core §7.1, CB-01). */
@Injectable()
export class UserHints {
  constructor(
    private readonly users: UserDirectory,
    private readonly ours: TokenVerifier,
    private readonly theirs: ClientJwtVerifier,
  ) {}

  /** The hinted user, whatever their status; undefined when there is none. @throws OAuthError for a hint that is none */
  async resolve(grounds: HintGrounds): Promise<User | undefined> {
    const given = HINTS.filter((name) => grounds.form.params.has(name));
    const [hint, second] = given;
    if (hint === undefined || second !== undefined) throw invalid(`exactly one of ${HINTS.join(', ')} is needed`);
    const text = grounds.form.params.get(hint) as string;
    switch (hint) {
      case 'login_hint':
        return this.users.findByUsername(grounds.environment.id, text);
      case 'login_hint_token':
        return this.#byClientsToken(text, grounds);
      case 'id_token_hint':
        return this.#byOurToken(text, grounds);
    }
  }

  /** B2; PingOne's: signed by the client, and its subject is a user's id or the name they sign on with. */
  async #byClientsToken(token: string, { client, environment, issuer }: HintGrounds): Promise<User | undefined> {
    const expected = { purpose: 'login_hint_token', client, environment, issuer } as const;
    const { claims, refused } = await this.theirs.verify(token, expected);
    if (refused === 'expired') throw new OAuthError('expired_login_hint_token');
    if (claims?.sub === undefined) {
      throw invalid('login_hint_token is not valid', `login_hint_token.${refused ?? 'claim_missing'}`);
    }
    const { sub } = claims;
    return (await this.users.find(environment.id, sub)) ?? (await this.users.findByUsername(environment.id, sub));
  }

  /** B8: ours and this client's; it may have expired. */
  async #byOurToken(token: string, { client, environment, issuer }: HintGrounds): Promise<User | undefined> {
    const expected = { environmentId: environment.id, issuer, purpose: 'id_token_hint' } as const;
    const claims = await this.ours.verify(token, expected);
    const isTheirs = claims !== undefined && [claims.aud].flat().includes(client.id);
    if (!isTheirs || !claims.sub) throw invalid('id_token_hint is not valid', 'id_token_hint.foreign');
    return this.users.find(environment.id, claims.sub);
  }
}
