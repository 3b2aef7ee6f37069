import type { IncomingMessage, ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { verify } from '@node-rs/argon2';
import { errors, type Interaction, type Provider } from 'oidc-provider';
import type { Account } from './accounts.js';
import { consentPage, signOnPage } from './pages.js';

/** Serves the pages on which a person signs on and allows what is asked. */
export function interactions(
  provider: Provider,
  accountOf: (username: string) => Account | undefined,
): (request: IncomingMessage, response: ServerResponse) => Promise<void> {
  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    const interaction = await provider.interactionDetails(request, response);
    const isSignOn = interaction.prompt.name === 'login';
    if (request.method === 'GET')
      return html(response, 200, isSignOn ? signOnPage(interaction.uid) : consent(interaction));
    const form = new URLSearchParams(await text(request));
    if (!isSignOn) {
      const result = { consent: { grantId: await allow(provider, interaction) } };
      return provider.interactionFinished(request, response, result, { mergeWithLastSubmission: true });
    }
    const account = accountOf(form.get('username') ?? '');
    if (!account || !(await verify(account.passwordHash, form.get('password') ?? ''))) {
      return html(response, 401, signOnPage(interaction.uid, 'User name or password is wrong.'));
    }
    const result = { login: { accountId: account.id, amr: ['pwd'] } };
    return provider.interactionFinished(request, response, result, { mergeWithLastSubmission: false });
  };

  return async (request, response) => {
    try {
      await answer(request, response);
    } catch (error) {
      if (!(error instanceof errors.OIDCProviderError)) console.error(error);
      const status = error instanceof errors.OIDCProviderError ? error.statusCode : 500;
      response.writeHead(status, { 'content-type': 'text/plain' }).end('This sign-on has ended.');
    }
  };
}

function consent({ uid, params, prompt }: Interaction): string {
  const { missingOIDCScope = [], missingResourceScopes = {} } = asked(prompt.details);
  return consentPage(uid, String(params['client_id']), [
    ...missingOIDCScope,
    ...Object.values(missingResourceScopes).flat(),
  ]);
}

/** Adds what is still missing to the grant of this session and client. @returns the grant's id */
async function allow(provider: Provider, { prompt, params, session, grantId }: Interaction): Promise<string> {
  const known = grantId === undefined ? undefined : await provider.Grant.find(grantId);
  const grant =
    known ?? new provider.Grant({ accountId: session?.accountId ?? '', clientId: String(params['client_id']) });
  const { missingOIDCScope, missingOIDCClaims, missingResourceScopes = {} } = asked(prompt.details);
  if (missingOIDCScope) grant.addOIDCScope(missingOIDCScope.join(' '));
  if (missingOIDCClaims) grant.addOIDCClaims(missingOIDCClaims);
  for (const [resource, scopes] of Object.entries(missingResourceScopes)) {
    grant.addResourceScope(resource, scopes.join(' '));
  }
  return grant.save();
}

interface Asked {
  readonly missingOIDCScope?: string[];
  readonly missingOIDCClaims?: string[];
  readonly missingResourceScopes?: Record<string, string[]>;
}

function asked(details: object): Asked {
  return details;
}

function html(response: ServerResponse, status: number, body: string): void {
  response
    .writeHead(status, {
      'content-type': 'text/html; charset=utf-8',
      'content-length': Buffer.byteLength(body),
      'cache-control': 'no-store',
    })
    .end(body);
}
