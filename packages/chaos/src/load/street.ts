import { type Answer, type App, ask, Person, sendingAlso, type Tokens } from '@grantway/conformance';
import type { Someone } from '../house/environment.js';
import type { House } from '../house/house.js';
import type { Random } from '../random.js';
import type { Honest, Settled } from './honest.js';
import type { Held, Ledger } from './ledger.js';

/** What a flow has to work with. */
export interface Street {
  readonly house: House;
  readonly honest: Honest;
  readonly random: Random;
  readonly ledger: Ledger;
}

/** A flow's turns come one after the other, each as a client would go through it once. */
export interface Flow {
  turn(): Promise<void>;
}

/** Who may be asked about access tokens for orders. */
export const ORDERS_API = 'orders';

/** Whatever is sent inside comes from an address of its own, as people do: attempts are counted by address. */
export function fromSomewhere<T>(random: Random, act: () => Promise<T>): Promise<T> {
  const octet = () => Math.floor(random.between(1, 255));
  return sendingAlso({ 'x-forwarded-for': `10.${octet()}.${octet()}.${octet()}` }, act);
}

const leadsBack = ({ location }: Answer) => /[?&]code=/.test(location ?? '');
const shows = (action: string) => (answer: Answer) => answer.status === 200 && answer.text.includes(action);
const asksPassword = shows('usernamePassword.check');
const asksConsent = shows('user.consent');

/** Through all pages to a code; what fails on the way ends the visit, as it does for a person who then starts again. */
export async function codeFor(
  { honest }: Street,
  app: App,
  person: Person,
  { username, password }: Someone,
  changes: Record<string, string> = {},
): Promise<string | undefined> {
  const further = (answer: Answer) => leadsBack(answer) || asksConsent(answer);
  let page = await honest.once(
    'authorize',
    () => person.follow(app.authorizeUrl(changes)),
    (answer) => further(answer) || asksPassword(answer),
  );
  if (page && asksPassword(page)) {
    const form = page;
    page = await honest.once('sign-on', () => person.signOn(form, username, password), further);
  }
  if (page && asksConsent(page)) {
    const form = page;
    page = await honest.once('consent', () => person.consent(form), leadsBack);
  }
  return (page && new URL(page.location as string).searchParams.get('code')) || undefined;
}

/** A code's tokens, asked for until there is an answer. */
export async function redeem({ honest, ledger }: Street, app: App, code: string): Promise<Tokens | undefined> {
  const settled = await honest.insist('redeem', () => app.redeem(code), { afterLoss: ['invalid_grant'] });
  const tokens = settled.answer?.json<Tokens>();
  if (tokens) {
    ledger.spent(`code ${code}`, tokens.access_token);
    ledger.received(...heldBy(app.clientId, tokens));
  } else if (settled.verdict) ledger.undelivered.push({ kind: 'code', handle: code });
  return tokens;
}

/** The next pair, for a client whose grace window outlasts every outage: there is no verdict that it has to expect (I5). */
export async function refresh(
  { honest, ledger }: Street,
  app: App,
  { refresh_token: old }: Tokens,
): Promise<Tokens | undefined> {
  ledger.letGo(old);
  const { answer } = await honest.insist('refresh', () => app.refresh(old));
  const next = answer?.json<Tokens>();
  if (!next) return undefined;
  ledger.spent(`refresh token ${old}`, next.refresh_token);
  ledger.received(...heldBy(app.clientId, next));
  return next;
}

/** An access token is for the orders API; a refresh token is its client's own matter. */
export function heldBy(clientId: string, { access_token, refresh_token }: Partial<Tokens>): Held[] {
  return [
    ...(access_token ? [{ token: access_token, asker: ORDERS_API }] : []),
    ...(refresh_token ? [{ token: refresh_token, asker: clientId }] : []),
  ];
}

/** Whether it is active, by whichever replica answers; undefined where none did in time. */
export async function isActive(
  { honest, house }: Pick<Street, 'honest' | 'house'>,
  { token, asker }: Held,
): Promise<boolean | undefined> {
  const { answer }: Settled = await honest.insist('introspect', () => ask(house.app(), asker, token));
  return answer && answer.json()['active'] === true;
}
