import { HttpReply } from '@grantway/contracts';
import { errorBody, OAuthError, ResponseMode } from '@grantway/protocol';

/** Where and how an answer goes back to the client. */
export interface ResponseTarget {
  /** Absent only where nothing is redirected (`pi.flow`). */
  readonly redirectUri?: string | undefined;
  readonly responseMode: ResponseMode;
  readonly state?: string | undefined;
  readonly issuer: string;
}

/** RFC 6749 §4.1.2, §4.2.2 by the names they have on the wire; seconds are numbers where the answer is JSON. */
export type AnswerFields = Readonly<Record<string, string | number>>;

const NO_STORE = { 'cache-control': 'no-store' } as const;

/** RFC 6749 §4.1.2; RFC 9207 §2 puts `iss` into every answer, errors too. */
export function authorizationResponse(target: ResponseTarget, answer: AnswerFields): HttpReply {
  const fields = answerFields(target, answer);
  const { redirectUri = '', responseMode } = target;
  switch (responseMode) {
    case 'form_post':
      return { kind: 'form_post', action: redirectUri, fields: texts(fields), headers: NO_STORE };
    case 'fragment':
      return { kind: 'redirect', location: `${redirectUri}#${encode(fields)}`, headers: NO_STORE };
    case 'query':
      return { kind: 'redirect', location: withQuery(redirectUri, encode(fields)), headers: NO_STORE };
    case 'pi.flow':
      return { kind: 'json', status: 200, headers: NO_STORE, body: { authorizeResponse: fields } };
  }
}

/** The answer with what goes back in every one. */
export function answerFields({ state, issuer }: ResponseTarget, answer: AnswerFields): AnswerFields {
  return { ...answer, ...(state !== undefined && { state }), iss: issuer };
}

/** RFC 6749 §4.1.2.1. */
export function authorizationError(target: ResponseTarget, error: OAuthError): HttpReply {
  if (target.responseMode !== 'pi.flow') return authorizationResponse(target, errorBody(error));
  const body = answerFields(target, errorBody(error));
  return { kind: 'json', status: error.status, headers: NO_STORE, body };
}

/** RFC 6749 §3.1.2: a query the client registered stays. */
function withQuery(uri: string, query: string): string {
  return uri + (uri.includes('?') ? '&' : '?') + query;
}

function texts(fields: AnswerFields): Record<string, string> {
  return Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, String(value)]));
}

function encode(fields: AnswerFields): string {
  return new URLSearchParams(texts(fields)).toString();
}
