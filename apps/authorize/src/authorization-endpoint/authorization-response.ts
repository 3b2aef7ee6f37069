import { HttpReply } from '@grantway/contracts';
import { errorBody, OAuthError, ResponseMode } from '@grantway/protocol';

/** Where and how an answer goes back to the client. */
export interface ResponseTarget {
  readonly redirectUri: string;
  readonly responseMode: ResponseMode;
  readonly state?: string | undefined;
  readonly issuer: string;
}

const NO_STORE = { 'cache-control': 'no-store' } as const;

/** RFC 6749 §4.1.2; RFC 9207 §2 puts `iss` into every answer, errors too. */
export function authorizationResponse(target: ResponseTarget, answer: Readonly<Record<string, string>>): HttpReply {
  const fields = { ...answer, ...(target.state !== undefined && { state: target.state }), iss: target.issuer };
  switch (target.responseMode) {
    case 'form_post':
      return { kind: 'form_post', action: target.redirectUri, fields, headers: NO_STORE };
    case 'fragment':
      return { kind: 'redirect', location: `${target.redirectUri}#${encode(fields)}`, headers: NO_STORE };
    case 'query':
      return { kind: 'redirect', location: withQuery(target.redirectUri, encode(fields)), headers: NO_STORE };
  }
}

/** RFC 6749 §4.1.2.1. */
export function authorizationError(target: ResponseTarget, error: OAuthError): HttpReply {
  return authorizationResponse(target, errorBody(error));
}

/** RFC 6749 §3.1.2: a query the client registered stays. */
function withQuery(uri: string, query: string): string {
  return uri + (uri.includes('?') ? '&' : '?') + query;
}

function encode(fields: Readonly<Record<string, string>>): string {
  return new URLSearchParams(fields).toString();
}
