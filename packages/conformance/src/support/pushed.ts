import type { App } from './app.js';
import { type Answer, basic, postForm } from './http.js';

/** A pushed authorization request with the client's own authentication; a change of undefined leaves a parameter out. */
export function push(app: App, changes: Record<string, string | undefined> = {}): Promise<Answer> {
  return pushForm(app, app.authorizeParams(changes));
}

/** Exactly these fields. */
export function pushForm(app: App, form: Record<string, string>): Promise<Answer> {
  const headers = app.secret === undefined ? {} : basic(app.clientId, app.secret);
  return postForm(`${app.issuer}/par`, form, headers);
}

/** A good pushed request. @returns its `request_uri` */
export async function pushed(app: App, changes: Record<string, string | undefined> = {}): Promise<string> {
  const answer = await push(app, changes);
  if (answer.status !== 201) throw new Error(`not pushed: ${answer.status} ${answer.text}`);
  return answer.json<{ request_uri: string }>().request_uri;
}

/** RFC 9126 §4: where a browser is sent with it. */
export function pushedUrl(app: App, requestUri: string, more: Record<string, string> = {}): string {
  const query = new URLSearchParams({ client_id: app.clientId, request_uri: requestUri, ...more });
  return `${app.issuer}/authorize?${query}`;
}
