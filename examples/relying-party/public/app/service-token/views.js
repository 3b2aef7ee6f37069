/** What the steps of this flow show. Nothing here talks to the server. */
import { codeBlock } from '../ui/code.js';
import { h } from '../ui/dom.js';
import { field, readRequired, readScope, settingsForm, submitButton, textArea, textInput } from '../ui/form.js';

const COMMAND = 'npm run grantway -- service-account regenerate demo nightly-report';

/** @type {(onstart: (settings: { jwt: string, scope: string }) => Promise<void>) => HTMLElement} */
export function jwtForm(onstart) {
  const jwt = textArea('jwt', '', 3);
  const scope = textInput('scope', { class: 'code-text', placeholder: 'All the account may' });
  const form = settingsForm(
    [
      field('The account’s JWT', jwt, 'It is shown once, when it is made. It stays in this page.', 'wide'),
      field('Scope', scope, 'Separated by spaces, or nothing.', 'wide'),
      h('p', { class: 'actions wide' }, submitButton('start', 'Get an access token')),
    ],
    () => {
      const text = readRequired(jwt, 'Paste what the command printed.');
      const words = readScope(scope);
      return text === undefined || words === undefined ? undefined : { jwt: text, scope: words };
    },
    { onstart },
  );
  return h(
    'div',
    { class: 'stack' },
    h('p', {}, 'An operator makes the JWT. In the demo environment the account is called nightly-report:'),
    codeBlock('In a terminal', COMMAND, COMMAND),
    form,
  );
}
