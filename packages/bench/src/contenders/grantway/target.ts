import type { Person } from '../../installation.js';
import { type Browser, redirectOf } from '../../load/browser.js';
import type { Reply } from '../../load/connection.js';
import type { Target } from '../contender.js';
import { ENVIRONMENT } from './environment.js';

/** @param publicUrl `http://localhost:3000` */
export function grantwayTarget(publicUrl: string): Target {
  const issuer = `${publicUrl}/${ENVIRONMENT}/as`;
  return {
    token: `${issuer}/token`,
    authorize: `${issuer}/authorize`,
    introspection: `${issuer}/introspect`,
    discovery: `${issuer}/.well-known/openid-configuration`,
    jwks: `${issuer}/jwks`,
    deviceAuthorization: `${issuer}/device_authorization`,
    pushedRequest: `${issuer}/par`,
    signIn,
  };
}

/** Sign-on page, its form, consent page, its form, and back to the client. */
async function signIn(browser: Browser, authorizeUrl: string, { username, password }: Person): Promise<string> {
  const signOnUrl = redirectOf(await browser.get(authorizeUrl), authorizeUrl);
  const signOnPage = await browser.get(signOnUrl);
  const credentials = { action: 'usernamePassword.check', username, password };
  const consentUrl = await submit(browser, signOnUrl, signOnPage, credentials);
  const consentPage = await browser.get(consentUrl);
  const resumeUrl = await submit(browser, consentUrl, consentPage, { action: 'user.consent', accept: 'true' });
  return redirectOf(await browser.get(resumeUrl), resumeUrl);
}

/** @returns where the answer leads */
async function submit(
  browser: Browser,
  pageUrl: string,
  page: Reply,
  fields: Readonly<Record<string, string>>,
): Promise<string> {
  const action = /<form[^>]* action="([^"]+)"/.exec(page.text)?.[1];
  if (page.status !== 200 || action === undefined) {
    throw new Error(`no form at ${pageUrl}: ${page.status} ${page.text.slice(0, 300)}`);
  }
  const hidden = [...page.text.matchAll(/<input type="hidden" name="([^"]+)" value="([^"]*)"/g)];
  const form = Object.fromEntries(hidden.map(([, name = '', value = '']) => [name, value]));
  const url = new URL(action, pageUrl).href;
  return redirectOf(await browser.postForm(url, { ...form, ...fields }), url);
}
