/** What the steps of this flow show. Nothing here talks to the server. */
import { h } from '../ui/dom.js';
import {
  complain,
  field,
  readRequired,
  readScope,
  settingsForm,
  submitButton,
  textArea,
  textInput,
} from '../ui/form.js';

/** @typedef {import('./protocol.js').Entered} Entered */

/** @type {(scope: string, onstart: (entered: Entered) => Promise<void>) => HTMLFormElement} */
export function passwordForm(scope, onstart) {
  const username = textInput('username', { value: 'ada', autocomplete: 'username' });
  const password = textInput('password', { type: 'password', autocomplete: 'current-password' });
  const scopes = textArea('scope', scope);

  /** @type {() => Entered | undefined} */
  const read = () => {
    const name = readRequired(username, 'Whose password is it?');
    // A password may begin or end with a space.
    complain(password, password.value ? '' : 'There is no sign-in without it.');
    const words = readScope(scopes);
    if (name === undefined || !password.value || words === undefined) return undefined;
    return { username: name, password: password.value, scope: words };
  };
  return settingsForm(
    [
      field('Username', username),
      field('Password', password, 'Of the demo environment, never one of your own.', 'double'),
      field('Scope', scopes, 'Separated by spaces.', 'wide'),
      h('p', { class: 'actions wide' }, submitButton('start', 'Sign in the old way')),
    ],
    read,
    { onstart },
  );
}
