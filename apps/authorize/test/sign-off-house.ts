import type { HttpCall, HttpReply, PageReply } from '@grantway/contracts';
import { createLogger, EventLog } from '@grantway/platform';
import {
  aCall,
  aClient,
  aNewSession,
  anAuthentication,
  anAuthorization,
  anEnvironment,
  aUser,
  MemorySigningKeys,
  MemoryStores,
} from '@grantway/testing';
import {
  IdTokenMinter,
  KeyEncryption,
  KeyLifecycle,
  KeyRing,
  TokenSigner,
  TokenVerifier,
} from '@grantway/token-signing';
import type { AuthorizeConfig } from '../src/authorize.config.js';
import { SignOff } from '../src/signoff-endpoint/sign-off.js';
import { SignOffRequests } from '../src/signoff-endpoint/sign-off-request.js';

export const ISSUER = 'https://login.example/acme/as';
export const BACK = 'https://shop.example/bye';
const environment = anEnvironment();
const encryption = new KeyEncryption(Buffer.alloc(32, 1));
const keys = new MemorySigningKeys();
const ring = new KeyRing(keys, encryption);

beforeAll(async () => {
  for (const id of ['acme', 'other']) await new KeyLifecycle(keys, encryption).ensure(id, ['RS256']);
});

/** Alice signed on in one browser, and a client with an ID token of it. */
export async function house() {
  const stores = new MemoryStores();
  stores.users.add(aUser());
  stores.clients.add(
    aClient({ postLogoutRedirectUris: [BACK, 'https://shop.example/bye?from=us', 'com.example.shop:/bye'] }),
    aClient({ id: 'rival', name: 'Rival', postLogoutRedirectUris: ['https://rival.example/bye'] }),
  );
  const { session, handle } = await stores.sessions.create(aNewSession());
  const verifier = new TokenVerifier(ring);
  const config = { publicUrl: 'https://login.example' } as AuthorizeConfig;
  const log = new EventLog(createLogger('authorize', 'silent'));
  const requests = new SignOffRequests(verifier, stores.clients);
  const signOff = new SignOff(config, requests, stores.sessions, stores.users, verifier, log);

  const hint = (
    changes: { sid?: string; sub?: string; environmentId?: string; client?: string; lifetime?: number } = {},
  ) =>
    new IdTokenMinter(new TokenSigner(ring)).mint({
      environment: {
        ...environment,
        ...(changes.environmentId && { id: changes.environmentId }),
        lifetimes: { ...environment.lifetimes, idToken: changes.lifetime ?? 3_600 },
      },
      issuer: ISSUER,
      client: { id: changes.client ?? 'shop' },
      authorization: anAuthorization({
        subject: { kind: 'user', id: changes.sub ?? 'user-alice' },
        authentication: anAuthentication({ sessionId: changes.sid ?? session.id }),
      }),
    });
  const browser = { session: handle, browser: `${'b'.repeat(42)}A` };
  const lists = (params: Record<string, string>) =>
    Object.fromEntries(Object.entries(params).map(([name, value]) => [name, [value]]));
  const get = (params: Record<string, string> = {}, overrides: Partial<HttpCall> = {}) =>
    signOff.answer(aCall({ query: lists(params), cookies: browser, ...overrides }), environment, ISSUER);
  const post = (params: Record<string, string>, overrides: Partial<HttpCall> = {}) =>
    signOff.answer(aCall({ method: 'POST', form: lists(params), cookies: browser, ...overrides }), environment, ISSUER);
  const byHint = (params: Record<string, string>, overrides: Partial<HttpCall> = {}) =>
    signOff.byHint(aCall({ query: lists(params), ...overrides }), environment, ISSUER);
  const alive = async () => (await stores.sessions.find('acme', handle, 60)) !== undefined;
  return { stores, session, handle, browser, hint, get, post, byHint, alive };
}

export const GONE = [{ name: 'session', value: null }];
export const page = (reply: HttpReply) => (reply as PageReply).page;
/** What pressing the button on the page would send. */
export function pressed(reply: HttpReply): Record<string, string> {
  const asked = page(reply);
  if (asked.page !== 'sign-off') throw new Error(`no confirmation: ${asked.page}`);
  return { ...asked.form.fields, csrf: asked.form.csrf, confirm: 'true' };
}

export type House = Awaited<ReturnType<typeof house>>;
export type Form = Record<string, string>;

export function unsigned(token: string): string {
  const [header = '', payload = ''] = token.split('.');
  const { kid, typ } = JSON.parse(Buffer.from(header, 'base64url').toString());
  return `${Buffer.from(JSON.stringify({ alg: 'none', typ, kid })).toString('base64url')}.${payload}.`;
}
