import { BackchannelDelivery, Client, Environment } from '@grantway/domain';
import { ClientForm } from '@grantway/platform';
import { OAuthError, ScopeSet } from '@grantway/protocol';
import { invalid } from './invalid.js';

/** Characters, as a person counts them. */
const LONGEST_MESSAGE = 256;
/** Nothing that cannot be seen, turns the line around, or breaks it: the person must read what the client wrote, verbatim. */
const READABLE = /^[^\p{C}\p{Zl}\p{Zp}]+$/u;

/** B5; CIBA Core §7.1. */
export function readBindingMessage({ params }: ClientForm): string | undefined {
  const message = params.get('binding_message');
  if (message === undefined) return undefined;
  if ([...message].length > LONGEST_MESSAGE || !READABLE.test(message) || message.trim() === '') {
    const description = `binding_message must be readable, in one line and at most ${LONGEST_MESSAGE} characters`;
    throw new OAuthError('invalid_binding_message', { description });
  }
  return message;
}

/** B13: what is asked for, as far as the environment allows. Seconds. */
export function readLifetime({ params }: ClientForm, { lifetimes }: Environment): number {
  const requested = params.get('requested_expiry');
  if (requested === undefined) return lifetimes.backchannel;
  if (!/^\d+$/.test(requested)) throw invalid('requested_expiry must be a whole number of seconds');
  return Math.min(Math.max(Number(requested), 1), lifetimes.backchannelMost);
}

/** B1: CIBA asks for an OpenID Connect scope; what else is wrong with it is told later. */
export function requireOpenId({ params }: ClientForm): void {
  const scope = params.get('scope');
  if (scope === undefined) throw invalid('scope is missing');
  const requested = ScopeSet.parse(scope);
  if (requested && !requested.has('openid')) throw invalid('scope must hold openid');
}

const MOST_ACR_VALUES = 20;

/** OIDC Core §3.1.2.1: in order of preference; a wish, so an unknown one is no mistake. */
export function readAcrValues({ params }: ClientForm): string[] {
  const values = (params.get('acr_values') ?? '').split(' ').filter(Boolean);
  if (values.length > MOST_ACR_VALUES) throw invalid('acr_values names too many');
  return values;
}

/** RFC 6750 §2.1; CIBA Core §7.1: at least 128 bits, which base64 needs 22 characters for. */
const BEARER_TOKEN = /^(?=.{22,1024}$)[A-Za-z0-9\-._~+/]+=*$/;

/** What a notification has to carry; absent for a client that polls. */
export function readNotificationToken({ params }: ClientForm, { backchannel }: Client): string | undefined {
  if (!isNotified(backchannel.delivery)) return undefined;
  const token = params.get('client_notification_token');
  if (token === undefined) throw invalid('client_notification_token is missing');
  if (!BEARER_TOKEN.test(token)) {
    throw invalid('client_notification_token must be a bearer token of 22 to 1024 characters');
  }
  return token;
}

export function isNotified(delivery: BackchannelDelivery): delivery is 'ping' | 'push' {
  return delivery !== 'poll';
}
