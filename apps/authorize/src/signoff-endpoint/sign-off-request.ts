import { HttpCall } from '@grantway/contracts';
import { Client, Clients, Environment } from '@grantway/domain';
import { OAuthError } from '@grantway/protocol';
import { TokenVerifier } from '@grantway/token-signing';
import { Injectable } from '@nestjs/common';

/** Whose session the ID token came from, as its issuer remembers it. */
export interface SignOffHint {
  readonly sessionId: string;
  readonly userId: string;
}

/** A sign-off request all of which may be relied on (OIDC RP-Initiated Logout §2). */
export interface SignOffRequest {
  /** What is known here of what was sent, to be sent again by a form or a redirect of ours. */
  readonly sent: Readonly<Record<string, string>>;
  /** Only from an ID token we issued; it may have expired. */
  readonly hint?: SignOffHint;
  readonly client?: Client;
  /** Registered by that client, letter for letter. */
  readonly redirectUri?: string;
}

/** `logout_hint` and `ui_locales` change nothing here. */
const PARAMS = ['id_token_hint', 'client_id', 'post_logout_redirect_uri', 'state'] as const;

@Injectable()
export class SignOffRequests {
  constructor(
    private readonly verifier: TokenVerifier,
    private readonly clients: Clients,
  ) {}

  /** @throws OAuthError for whatever makes it no request; then nothing ends and nobody is sent anywhere (LO-01) */
  async read(call: HttpCall, environment: Environment, issuer: string): Promise<SignOffRequest> {
    const sent = once(call.method === 'POST' ? call.form : call.query);
    const claims = await this.#verify(sent.id_token_hint, environment, issuer);
    const audience = [claims?.aud].flat().filter((id) => id !== undefined);
    // §2: the client that asks is the one the ID token was issued to.
    if (claims && sent.client_id !== undefined && !audience.includes(sent.client_id)) {
      throw new OAuthError('invalid_request', { description: 'id_token_hint was issued to another client' });
    }
    const clientId = sent.client_id ?? audience[0];
    const found = clientId === undefined ? undefined : await this.clients.find(environment.id, clientId);
    const client = found?.enabled ? found : undefined;
    const redirectUri = sent.post_logout_redirect_uri;
    // §3: exactly as registered, whatever looser rules the client has for its authorization requests.
    if (redirectUri !== undefined && !client?.postLogoutRedirectUris.includes(redirectUri)) {
      throw new OAuthError('invalid_request', { description: 'post_logout_redirect_uri is not registered' });
    }
    const { sub, sid } = claims ?? {};
    return {
      sent,
      ...(sub !== undefined && typeof sid === 'string' && { hint: { userId: sub, sessionId: sid } }),
      ...(client && { client }),
      ...(redirectUri !== undefined && { redirectUri }),
    };
  }

  /** JW-01: what we did not sign says nothing, so the person is asked as if it were not there. */
  async #verify(token: string | undefined, environment: Environment, issuer: string) {
    if (token === undefined) return undefined;
    return this.verifier.verify(token, { environmentId: environment.id, issuer, purpose: 'id_token_hint' });
  }
}

function once(params: HttpCall['query']): Partial<Record<(typeof PARAMS)[number], string>> {
  const read: Partial<Record<(typeof PARAMS)[number], string>> = {};
  for (const name of PARAMS) {
    const [value, second] = params[name] ?? [];
    if (second !== undefined) throw new OAuthError('invalid_request', { description: `${name} is repeated` });
    if (value) read[name] = value;
  }
  return read;
}
