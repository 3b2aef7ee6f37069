import {
  AuthorizationRequest,
  Client,
  Consents,
  Environment,
  isImpersonableRedirect,
  isPublic,
  Session,
  Sessions,
  User,
  UserDirectory,
} from '@grantway/domain';
import { ScopeSet } from '@grantway/protocol';
import { Injectable } from '@nestjs/common';

/** Who sits at the browser, as far as we know: a live session of an active user. */
export interface Standing {
  readonly session: Session;
  readonly user: User;
}

/** Signed on as somebody else than a good `id_token_hint` says; a hint that could not be read says nothing. */
export function missesHint({ hintedSubject }: AuthorizationRequest, userId: string): boolean {
  return Boolean(hintedSubject) && hintedSubject !== userId;
}

/** When a person must be asked something, and what. */
@Injectable()
export class SignOnPolicy {
  constructor(
    private readonly sessions: Sessions,
    private readonly users: UserDirectory,
    private readonly consents: Consents,
  ) {}

  async standing(environment: Environment, cookie: string | undefined): Promise<Standing | undefined> {
    if (cookie === undefined) return undefined;
    const session = await this.sessions.find(environment.id, cookie, environment.lifetimes.sessionIdle);
    const user = session && (await this.users.find(environment.id, session.userId));
    // RT-10: a session opened with the old password is worth nothing after a change.
    const stands = session && user?.status === 'active' && user.passwordChangedAt <= session.authTime;
    return stands ? { session, user } : undefined;
  }

  /** OIDC Core §3.1.2.1: nobody is signed on, or they must do it again, or it must be somebody else (A7). */
  mustSignOn(request: AuthorizationRequest, standing: Standing | undefined): boolean {
    if (!standing || request.prompts.includes('login') || request.prompts.includes('select_account')) return true;
    // `max_age=0` means now, though the database's clock may be ahead of ours.
    const age = Math.max(0, Date.now() - standing.session.authTime.getTime());
    if (request.maxAge !== undefined && age >= request.maxAge * 1_000) return true;
    return request.hintedSubject !== undefined && request.hintedSubject !== standing.user.id;
  }

  async mustConsent(client: Client, request: AuthorizationRequest, userId: string): Promise<boolean> {
    if (request.prompts.includes('consent')) return true;
    // AZ-14, RFC 8252 §8.6: another app could be listening at such a redirect, so a person confirms every time.
    if (isPublic(client) && isImpersonableRedirect(request.redirectUri)) return true;
    if (client.trusted) return false;
    const allowed = await this.consents.find(client.environmentId, userId, client.id);
    return !ScopeSet.from(request.scope).within(allowed);
  }
}
