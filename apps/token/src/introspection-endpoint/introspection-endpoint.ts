import { HttpCall, HttpReply } from '@grantway/contracts';
import { AttemptLimits, Environment, INTROSPECTION_GUESS } from '@grantway/domain';
import { answerClient, ClientCall, EventLog, NO_STORE, requiredParam } from '@grantway/platform';
import { OAuthError } from '@grantway/protocol';
import { AccessTokenReader } from '@grantway/token-signing';
import { Injectable } from '@nestjs/common';
import { IntrospectionCaller, IntrospectionCallers } from './introspection-callers.js';
import { RefreshTokenIntrospection } from './refresh-token-introspection.js';
import { INACTIVE, Introspection, mayAsk, tellAccessToken } from './token-description.js';

/** What the answer says, and for our logs why. */
interface Verdict {
  readonly body: Introspection;
  readonly reason?: string;
  /** Nobody ever issued such a token. */
  readonly guess?: true;
}

/** What a token is worth right now, for those whom it concerns (RFC 7662). */
@Injectable()
export class IntrospectionEndpoint {
  constructor(
    private readonly callers: IntrospectionCallers,
    private readonly accessTokens: AccessTokenReader,
    private readonly refreshTokens: RefreshTokenIntrospection,
    private readonly limits: AttemptLimits,
    private readonly log: EventLog,
  ) {}

  answer(call: HttpCall, environment: Environment, issuer: string): Promise<HttpReply> {
    return answerClient({ call, environment, issuer }, this.log, 'token.introspect', async (request) => {
      const caller = await this.callers.authenticate(request);
      const verdict = await this.#judge(caller, requiredParam(request.form, 'token'), request);
      if (verdict.guess) await this.#countGuess(caller, environment);
      const { body, reason } = verdict;
      this.log.done(call, 'token.introspect', { [`${caller.kind}_id`]: caller.id, active: body.active, reason });
      return { kind: 'json', status: 200, headers: NO_STORE, body };
    });
  }

  /** RFC 7662 §2.1: `token_type_hint` could save a look-up; a token of ours says by its shape what it is. */
  async #judge(caller: IntrospectionCaller, token: string, { environment, issuer }: ClientCall): Promise<Verdict> {
    const reading = await this.accessTokens.read(token, { environment, issuer });
    switch (reading.kind) {
      case 'live':
        if (!mayAsk(caller, reading)) return { body: INACTIVE, reason: 'introspection.not_concerned' };
        return { body: tellAccessToken(caller, reading) };
      case 'dead':
        return { body: INACTIVE, reason: reading.reason };
      case 'unknown': {
        const refresh = await this.refreshTokens.read(caller, token, environment, issuer);
        return refresh ?? { body: INACTIVE, reason: reading.reason, guess: true };
      }
    }
  }

  /**
   * IR-01. House rule: only wrong guesses wait. A live token is answered however many there were: else whoever sends a
   * resource junk could silence it for its own users.
   */
  async #countGuess({ kind, id }: IntrospectionCaller, environment: Environment): Promise<void> {
    const key = `${environment.id}|${kind}|${id}`;
    const wait =
      this.limits.blockedHere(INTROSPECTION_GUESS, key) || (await this.limits.fail(INTROSPECTION_GUESS, key));
    if (wait <= 0) return;
    throw new OAuthError('too_many_requests', {
      retryAfter: wait,
      reason: 'introspection.too_many_guesses',
      description: 'too many unknown tokens',
    });
  }
}
