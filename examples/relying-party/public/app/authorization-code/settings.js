/** The form in which a person changes the request before it is sent. */
import { h } from '../ui/dom.js';
import {
  choice,
  complain,
  field,
  readScope,
  select,
  settingsForm,
  submitButton,
  textArea,
  textInput,
} from '../ui/form.js';

/**
 * @typedef {import('./protocol.js').Settings & { responseType: string, push: boolean }} Settings
 * @typedef {{ scope: string, resourceNote?: string | undefined, responseTypes: readonly string[], push: boolean }} Offers
 */

/** @type {Record<string, string>} */
const RESPONSE_TYPES = {
  code: 'code: one-time',
  'code id_token': 'code id_token: both',
  id_token: 'id_token: no code',
};

/**
 * `onchange` is called at once, and then for each change that is valid.
 *
 * @param {Offers} offers
 * @param {{ onchange: (settings: Settings) => void, onstart: (settings: Settings) => Promise<void> }} listeners
 */
export function signInForm(offers, listeners) {
  const scope = textArea('scope', offers.scope);
  const responseType = select(
    'response_type',
    offers.responseTypes.map((type) => [type, RESPONSE_TYPES[type] ?? type]),
  );
  const prompt = select('prompt', [
    ['', 'Not sent'],
    ['none', 'none: ask nothing'],
    ['login', 'login: sign in anew'],
    ['consent', 'consent: ask anew'],
  ]);
  const responseMode = select('response_mode', [
    ['', 'Not sent'],
    ['query', 'query: after the ?'],
    ['fragment', 'fragment: after the #'],
  ]);
  const maxAge = textInput('max_age', { inputmode: 'numeric', placeholder: 'Not sent' });
  const push = h('input', { type: 'checkbox', id: 'push', name: 'push' });

  /** @type {() => Settings | undefined} */
  function read() {
    const words = readScope(scope);
    const seconds = maxAge.value.trim();
    const fine = /^\d{0,9}$/.test(seconds);
    complain(maxAge, fine ? '' : 'A whole number of seconds, or nothing.');
    if (words === undefined || !fine) return undefined;
    return {
      scope: words,
      responseType: responseType.value,
      prompt: prompt.value,
      responseMode: responseMode.value,
      push: push.checked,
      ...(seconds && { maxAge: Number(seconds) }),
    };
  }

  const hint = ['Separated by spaces. offline_access asks for a refresh token.', offers.resourceNote];
  return settingsForm(
    [
      field('Scope', scope, hint.filter(Boolean).join(' '), 'wide'),
      field('Response type', responseType),
      field('Response mode', responseMode),
      field('Prompt', prompt),
      field('Max age in seconds', maxAge),
      offers.push &&
        choice(
          'Push the request first',
          push,
          'It goes straight to the server, and the browser carries a reference (PAR).',
        ),
      h('p', { class: 'actions wide' }, submitButton('start', 'Sign in with Grantway')),
    ],
    read,
    listeners,
  );
}
