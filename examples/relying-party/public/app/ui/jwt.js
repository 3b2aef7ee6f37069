/** A JWT opened up: its three parts, its header, its claims in words, and whether it was verified. */

import { CLAIMS, HEADER } from '../words.js';
import { codeBlock, folded, highlight } from './code.js';
import { h } from './dom.js';
import { badge, codeValue, definitionList } from './parameters.js';

/**
 * @typedef {{ header: Record<string, unknown>, claims: Record<string, unknown> }} DecodedJwt
 * @typedef {{ verified: boolean, text: string }} Verification
 */

/** Decoding is not verifying: for showing only. Undefined when it is no JWT, which an access token need not be. */
export function decodeJwt(/** @type {string} */ token) {
  const parts = token.split('.');
  if (parts.length !== 3) return undefined;
  try {
    const [header, claims] = parts.slice(0, 2).map(decodePart);
    return /** @type {DecodedJwt} */ ({ header, claims });
  } catch {
    return undefined;
  }
}

/** @type {(part: string) => unknown} */
function decodePart(part) {
  const bytes = Uint8Array.from(atob(part.replace(/-/g, '+').replace(/_/g, '/')), (letter) => letter.charCodeAt(0));
  return JSON.parse(new TextDecoder().decode(bytes));
}

/** @type {(hook: string, title: string, lead: string, token: string, verification: Verification) => HTMLElement} */
export function tokenCard(hook, title, lead, token, { verified, text }) {
  const decoded = decodeJwt(token);
  return h(
    'article',
    { class: 'token', 'data-testid': hook, 'data-verified': String(verified) },
    h('header', {}, h('h3', {}, title), verdict(verified, decoded !== undefined)),
    h('p', { class: 'lead' }, lead),
    h('p', { class: verified || !decoded ? 'small' : 'small problem' }, text),
    ...(decoded ? openedUp(title, token, decoded) : [codeBlock(title, token, token)]),
  );
}

/** @type {(verified: boolean, decoded: boolean) => HTMLElement} */
function verdict(verified, decoded) {
  if (verified) return badge('passed', 'Signature verified');
  return decoded ? badge('failed', 'Not verified') : badge('open', 'Opaque');
}

/** @type {(title: string, token: string, decoded: DecodedJwt) => Node[]} */
function openedUp(title, token, { header, claims }) {
  return [
    h('h4', {}, 'Header'),
    table(header, HEADER, (_name, value) => plain(value)),
    h('h4', {}, 'Claims'),
    table(claims, CLAIMS, claimValue),
    folded('As it was sent: header, claims and signature', codeBlock(title, threeParts(token), token)),
    folded(
      'As JSON',
      codeBlock(`${title}: header`, highlight(header), JSON.stringify(header, null, 2)),
      codeBlock(`${title}: claims`, highlight(claims), JSON.stringify(claims, null, 2)),
    ),
  ];
}

/** @type {(values: Record<string, unknown>, words: Record<string, string>, show: (name: string, value: unknown) => Node) => HTMLElement} */
function table(values, words, show) {
  return definitionList(
    Object.entries(values).map(([name, value]) => ({ name, value: show(name, value), words: words[name] })),
    'compact',
  );
}

/** @type {(token: string) => Node} */
function threeParts(token) {
  const [header, claims, signature] = token.split('.');
  const all = document.createDocumentFragment();
  all.append(
    h('span', { class: 'jwt-header' }, header),
    '.',
    h('span', { class: 'jwt-claims' }, claims),
    '.',
    h('span', { class: 'jwt-signature' }, signature),
  );
  return all;
}

const TIMES = ['exp', 'iat', 'nbf', 'auth_time', 'updated_at'];

/** @type {(name: string, value: unknown) => Node} */
function claimValue(name, value) {
  if (TIMES.includes(name) && typeof value === 'number') return time(value);
  return plain(value);
}

/** @type {(value: unknown) => Node} */
function plain(value) {
  return codeValue(typeof value === 'string' ? value : JSON.stringify(value));
}

/** @type {(seconds: number) => Node} */
function time(seconds) {
  const date = new Date(seconds * 1000);
  if (Number.isNaN(date.getTime())) return h('code', {}, String(seconds));
  const words = new Intl.DateTimeFormat('en-GB', { dateStyle: 'long', timeStyle: 'medium' }).format(date);
  return h(
    'span',
    { class: 'moment' },
    h('time', { datetime: date.toISOString() }, words),
    h('span', { class: 'muted' }, `${fromNow(seconds)} · `, h('code', {}, String(seconds))),
  );
}

/** @type {(seconds: number) => string} */
function fromNow(seconds) {
  const away = seconds - Date.now() / 1000;
  /** @type {[Intl.RelativeTimeFormatUnit, number][]} */
  const units = [
    ['day', 86_400],
    ['hour', 3600],
    ['minute', 60],
    ['second', 1],
  ];
  const [unit, size] = units.find(([, length]) => Math.abs(away) >= length * 1.5) ?? ['second', 1];
  return new Intl.RelativeTimeFormat('en', { numeric: 'auto' }).format(Math.round(away / size), unit);
}
