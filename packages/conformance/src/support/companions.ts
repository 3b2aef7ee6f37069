import type { App } from './app.js';
import { type ClientEntry, type EnvironmentFile, SECRET, Tenant } from './environments.js';
import { type Answer, basic, postForm } from './http.js';
import type { Person } from './person.js';

export const VAULT = 'https://api.example/vault';
export const BYE = 'https://rp.example/bye';
export const INACTIVE = { active: false };

/**
 * Resources that can prove themselves, one of them with opaque tokens and a client of its own; a second web client, which may ask for several at
 * once; and addresses to go to after signing off.
 */
export function withResources(file: EnvironmentFile): void {
  for (const resource of file.resources ?? []) resource.introspectionSecret = SECRET;
  file.resources?.push({
    ...{ name: 'vault', audience: VAULT, accessTokenFormat: 'opaque', introspectionSecret: SECRET },
    scopes: [{ name: 'vault:open', description: 'Open your vault' }],
  });
  const [web, , service] = file.clients as [ClientEntry, ClientEntry, ClientEntry];
  service.scopes = [...(service.scopes ?? []), 'vault:open'];
  web.postLogoutRedirectUris = [BYE];
  file.clients.push({
    ...{ ...web, id: 'keeper', name: 'Vault Keeper' },
    scopes: ['openid', 'email', 'offline_access', 'vault:open'],
  });
  file.clients.push({
    ...web,
    ...{ id: 'second', name: 'Second Shop', redirectUris: ['https://second.example/callback'], trusted: true },
    ...{ multipleResources: true, scopes: [...(web.scopes ?? []), 'billing:read', 'vault:open'] },
    postLogoutRedirectUris: ['https://second.example/bye'],
  });
}

export function resourceTenant(change: (file: EnvironmentFile) => void = () => {}): Promise<Tenant> {
  return Tenant.create((file) => {
    withResources(file);
    change(file);
  });
}

/** A resource, or a confidential client, asks what a token is worth. */
export function ask(
  { issuer }: { issuer: string },
  who: string,
  token: string,
  more: Record<string, string> = {},
): Promise<Answer> {
  return postForm(`${issuer}/introspect`, { token, ...more }, basic(who, SECRET));
}

/** The same, for the answer itself. */
export async function told(of: { issuer: string }, who: string, token: string): Promise<Record<string, unknown>> {
  const answer = await ask(of, who, token);
  if (answer.status !== 200) throw new Error(`not answered: ${answer.status} ${answer.text}`);
  return answer.json();
}

/** A client gives a token back, with its own authentication. */
export function giveBack(app: App, token: string, more: Record<string, string> = {}): Promise<Answer> {
  const identity = app.secret === undefined ? { client_id: app.clientId } : {};
  const headers = app.secret === undefined ? {} : basic(app.clientId, app.secret);
  return postForm(`${app.issuer}/revoke`, { ...identity, token, ...more }, headers);
}

export function signOffUrl(app: App, params: Record<string, string | undefined> = {}, door = 'signoff'): string {
  const sent = Object.entries(params).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return `${app.issuer}/${door}?${new URLSearchParams(sent)}`;
}

/** Presses the button on the confirmation page. */
export function confirm(person: Person, page: Answer): Promise<Answer> {
  return person.submit(page, { confirm: 'true' });
}
