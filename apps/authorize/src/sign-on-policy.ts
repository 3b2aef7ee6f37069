import { AuthorizationRequest, Client, Consents, isImpersonableRedirect, isPublic, Standing } from '@grantway/domain';
import { ScopeSet } from '@grantway/protocol';
import { Injectable } from '@nestjs/common';

/** Signed on as somebody else than a good `id_token_hint` says; a hint that could not be read says nothing. */
export function missesHint({ hintedSubject }: AuthorizationRequest, userId: string): boolean {
  return Boolean(hintedSubject) && hintedSubject !== userId;
}

/** When a person must be asked something, and what. */
@Injectable()
export class SignOnPolicy {
  constructor(private readonly consents: Consents) {}

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
    const { redirectUri } = request;
    if (isPublic(client) && redirectUri !== undefined && isImpersonableRedirect(redirectUri)) return true;
    if (client.trusted) return false;
    const allowed = await this.consents.find(client.environmentId, userId, client.id);
    return !ScopeSet.from(request.scope).within(allowed);
  }
}
