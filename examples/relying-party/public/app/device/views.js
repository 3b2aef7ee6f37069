/** What the steps of this flow show. Nothing here talks to the server. */
import { addressOf, h } from '../ui/dom.js';
import { field, readScope, settingsForm, submitButton, textArea } from '../ui/form.js';
import { qrCode } from '../ui/qr.js';

/** @type {(scope: string, onstart: (scope: string) => Promise<void>) => HTMLFormElement} */
export function startForm(scope, onstart) {
  const control = textArea('scope', scope);
  return settingsForm(
    [
      field('Scope', control, 'Separated by spaces. offline_access asks for a refresh token.', 'wide'),
      h('p', { class: 'actions wide' }, submitButton('start', 'Show me a code')),
    ],
    () => readScope(control),
    { onstart },
  );
}

/** What a television shows. @type {(reply: import('oauth4webapi').DeviceAuthorizationResponse) => HTMLElement} */
export function codeToEnter({ user_code, verification_uri, verification_uri_complete }) {
  const address = verification_uri_complete ?? verification_uri;
  return h(
    'div',
    { class: 'screen' },
    h(
      'div',
      { class: 'screen-words' },
      h('p', {}, 'Open'),
      h('p', { class: 'screen-address' }, ...addressOf(new URL(verification_uri))),
      h('p', {}, 'and enter'),
      h('p', { class: 'user-code', 'data-testid': 'user-code' }, user_code),
      h(
        'p',
        { class: 'actions' },
        h(
          'a',
          { class: 'button', id: 'verify', href: address, target: '_blank', rel: 'noopener' },
          'Open it here',
          h('span', { class: 'visually-hidden' }, ' in a new tab'),
        ),
      ),
    ),
    h(
      'figure',
      { class: 'screen-qr' },
      qrCode(address, `QR code of ${address}`),
      h('figcaption', {}, 'Or scan this, and compare the code.'),
    ),
  );
}
